import { execFileSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { send } from "../../test/api.ts";
import { type OpenStream, openEventStream, type StreamEvent } from "../../test/event-stream.ts";
import { parseConfig } from "../config.ts";
import { type Dispatcher, startDispatcher } from "../start-dispatcher.ts";
import type { Collision, Sighting, Told } from "./schema.ts";

vi.setConfig({ testTimeout: 120_000 });

const PRICES = Array.from({ length: 20 }, (_, n) => `price ${n}\n`);
const prices = (line: number, text: string) => PRICES.map((old, n) => (n === line ? `${text}\n` : old)).join("");
const edit = (text: string, path = "price.txt") => [
  { do: "edit", path, write: text },
  { do: "commit", message: "Change" },
];

/** A dispatcher that can be started again, with a repository. */
async function openShop({ config = "" } = {}) {
  const directory = temporaryDirectory("harness-radar-");
  const repository = join(directory.path, "shop");
  const root = stateRoot(join(directory.path, "state"));
  const environment = { PATH: process.env["PATH"], HOME: directory.path };
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: repository, env: environment, encoding: "utf8" }).trim();
  execFileSync("git", ["init", "-q", "-b", "main", repository]);
  writeFileSync(join(repository, "price.txt"), PRICES.join(""));
  git("add", "-A");
  git("-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "Start");
  const start = () =>
    startDispatcher({ root, port: 0, environment, config: parseConfig(config.replace("SHOP", repository)) });
  let dispatcher: Dispatcher = await start();
  onTestFinished(async () => {
    await dispatcher.close({ all: true });
    await directory[Symbol.asyncDispose]();
  });
  const call = async <T>(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> => {
    const request = { method, token: dispatcher.token, ...(body === undefined ? {} : { body }) };
    const reply = await send(dispatcher.port, path, request);
    if (reply.status >= 300) throw new Error(reply.text);
    return reply.json() as T;
  };
  return {
    root,
    repository,
    call,
    spawn: async (branch: string, script: object[][]): Promise<string> =>
      (await call<{ id: string }>("/api/sessions", { task: "Work", repository, branch, agent: "scripted", script })).id,
    prompt: (id: string) => call(`/api/sessions/${id}/messages`, { kind: "prompt", body: { text: "Go on" } }),
    turns: (id: string, count: number) =>
      until(async () => (await call<{ turns: number }>(`/api/sessions/${id}`)).turns >= count, { timeoutMs: 60_000 }),
    stream: () => openEventStream(dispatcher.port, "/api/events", { Authorization: `Bearer ${dispatcher.token}` }),
    restart: async () => {
      await dispatcher.close();
      dispatcher = await start();
    },
  };
}

// On a machine with much else to do a look takes its time.
const seen = (stream: OpenStream, found: (event: StreamEvent) => boolean) =>
  until(() => stream.events.find(found), { timeoutMs: 60_000 });

const collisions = (stream: OpenStream, type: string) =>
  stream.events.flatMap(({ data }) => (data.type === type ? [data["collision"] as Collision] : []));

test("a collision is told once when it appears, is shown beside both sessions, and is told again when it is gone", async () => {
  const shop = await openShop();
  const stream = await shop.stream();
  const one = await shop.spawn("price/up", [edit(prices(5, "11")), edit(prices(5, "12"))]);
  const other = await shop.spawn("price/down", [edit(prices(5, "9")), edit(PRICES.join(""))]);
  await seen(stream, ({ data }) => data.type === "collision.appeared");
  const [collision] = collisions(stream, "collision.appeared");
  expect(collision).toMatchObject({ repository: shop.repository, target: null, files: ["price.txt"], more: 0 });
  expect(collision?.sides.map(({ branch }) => branch).toSorted()).toEqual(["price/down", "price/up"]);
  await seen(stream, ({ data }) => notesOf(data, one).includes(other));
  await seen(stream, ({ data }) => notesOf(data, other).includes(one));

  await shop.prompt(one);
  await shop.turns(one, 2);
  const [sighting] = await shop.call<Sighting[]>("/api/conflicts");
  expect(sighting?.pairs).toMatchObject([{ outcome: "conflicts", files: ["price.txt"] }]);
  expect(collisions(stream, "collision.appeared")).toHaveLength(1);

  await shop.prompt(other);
  await seen(stream, ({ data }) => data.type === "collision.gone");
  expect(collisions(stream, "collision.gone").map(({ id }) => id)).toEqual([collision?.id]);
  await until(
    async () => (await shop.call<{ collisions: unknown[] }>(`/api/sessions/${one}`)).collisions.length === 0,
    {
      timeoutMs: 60_000,
    },
  );
  stream.close();
});

function notesOf(data: { type: string } & Record<string, unknown>, id: string): (string | null)[] {
  if (data.type !== "session.changed") return [];
  const session = data["session"] as { id: string; collisions: { session: string | null }[] };
  return session.id === id ? session.collisions.map(({ session: name }) => name) : [];
}

test("each side is told once, also by another dispatcher, which finds nothing new", async () => {
  const shop = await openShop();
  const first = await shop.stream();
  const one = await shop.spawn("price/up", [edit(prices(5, "11")), [], []]);
  const other = await shop.spawn("price/down", [edit(prices(5, "9")), [], []]);
  await seen(first, ({ data }) => data.type === "collision.appeared");
  const tell = async () =>
    (await shop.call<Told[]>("/api/conflicts/tell", {}))
      .map(({ session, outcome }) => `${session} ${outcome}`)
      .toSorted();
  const mails = async (id: string) => {
    const all = await shop.call<{ message: { body: { text?: string } } }[]>(`/api/sessions/${id}/messages?box=inbox`);
    return all.flatMap(({ message }) => message.body.text ?? []).filter((text) => text.includes("conflict radar"));
  };
  expect([await mails(one), await mails(other)]).toEqual([[], []]);
  expect(await tell()).toEqual([`${one} told`, `${other} told`].toSorted());
  expect(await tell()).toEqual([`${one} told before`, `${other} told before`].toSorted());
  await shop.restart();
  const second = await shop.stream();
  expect(await tell()).toEqual([`${one} told before`, `${other} told before`].toSorted());
  expect([(await mails(one)).length, (await mails(other)).length]).toEqual([1, 1]);
  expect((await mails(one))[0]).toContain('"branch": "price/down"');
  await seen(second, ({ data }) => notesOf(data, one).includes(other));
  expect(collisions(second, "collision.appeared")).toEqual([]);
});

test("where config.yaml says so, both are told without being asked to", async () => {
  const shop = await openShop({ config: "repositories: { SHOP: { tellConflicts: true } }" });
  const one = await shop.spawn("price/up", [edit(prices(5, "11")), []]);
  const other = await shop.spawn("price/down", [edit(prices(5, "9")), []]);
  await Promise.all([shop.turns(one, 2), shop.turns(other, 2)]);
  const told = await shop.call<Told[]>("/api/conflicts/tell", {});
  expect(told.map(({ outcome }) => outcome)).toEqual(["told before", "told before"]);
});

test("a session that cannot be read is named and keeps its collision; one that is removed takes it along", async () => {
  const shop = await openShop();
  const stream = await shop.stream();
  const one = await shop.spawn("price/up", [edit(prices(5, "11"))]);
  const other = await shop.spawn("price/down", [edit(prices(5, "9"))]);
  await seen(stream, ({ data }) => data.type === "collision.appeared");
  const git = join(shop.root.session(one).worktree, ".git");
  renameSync(git, `${git}.away`);
  const [sighting] = await shop.call<Sighting[]>("/api/conflicts");
  expect(sighting?.sessions.find(({ session }) => session === one)?.problem).toContain("no .git directory");
  expect(collisions(stream, "collision.gone")).toEqual([]);
  renameSync(`${git}.away`, git);
  await shop.call(`/api/sessions/${other}`, undefined, "DELETE");
  await seen(stream, ({ data }) => data.type === "collision.gone");
});
