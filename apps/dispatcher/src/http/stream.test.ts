import { fakeClock, until } from "@harness/core/testing";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApi, type TestApi } from "../../test/api.ts";
import { openEventStream } from "../../test/event-stream.ts";
import type { HttpEnv } from "./principal.ts";
import { listen } from "./server.ts";
import { createStreams, type StreamItem, type StreamOptions } from "./stream.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const follow = (headers: Record<string, string> = {}, path = "/api/events") =>
  openEventStream(api.dispatcher.port, path, { Authorization: `Bearer ${api.dispatcher.token}`, ...headers });

async function spawn(task: string): Promise<string> {
  const body = { task, agent: "scripted" };
  const reply = await api.admin("/api/sessions", { method: "POST", body });
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)]);
  return String(reply.json()["id"]);
}

const isSession =
  (id: string) =>
  ({ data }: { data: Record<string, unknown> }) =>
    data["type"] === "session.changed" && (data["session"] as { id: string }).id === id;

test("a new reader is told every session first, then what changes", async () => {
  const before = await spawn("the first");
  const stream = await follow();
  await stream.waitFor(isSession(before));
  const after = await spawn("the second");
  const told = await stream.waitFor(isSession(after));
  expect(told.event).toBe("session.changed");
  expect(told.id).toBeDefined();
  stream.close();
});

test("a reader that was cut off goes on with the very next event", async () => {
  const numberOf = ({ id = "" }: { id?: string }) => Number(id.split("-")[1]);
  const first = await follow();
  const seen = await spawn("seen");
  await first.waitFor(isSession(seen));
  const last = first.events.findLast(({ id }) => id !== undefined)!;
  first.close();
  const missed = await spawn("missed");
  const second = await follow({ "Last-Event-ID": String(last.id) });
  await second.waitFor(isSession(missed));
  const numbers = second.events.map(numberOf);
  expect(numbers).toEqual(numbers.map((_, index) => numberOf(last) + 1 + index));
  second.close();
});

test.each(["0", "garbage", "ffffffffffff-1", "-1"])(
  "a reader with the foreign id %s starts from the beginning",
  async (id) => {
    const known = await spawn(`known before ${id}`);
    const stream = await follow({ "Last-Event-ID": id });
    expect((await stream.waitFor(isSession(known))).event).toBe("session.changed");
    stream.close();
  },
);

test("the log of one session goes on after the number that the reader names", async () => {
  const id = await spawn("tell me");
  const path = `/api/sessions/${id}/events/stream`;
  const stream = await follow({}, path);
  const ended = await stream.waitFor(({ data }) => (data["event"] as { type?: string })?.type === "turn.ended");
  stream.close();
  const seq = Number(ended.id);
  const again = await follow({ "Last-Event-ID": String(seq - 1) }, path);
  await again.waitFor((event) => event.id === String(seq));
  expect(again.events[0]?.id).toBe(String(seq));
  again.close();
  const list = (await api.admin(`/api/sessions/${id}/events?after=${seq - 1}&limit=1`)).json() as unknown as {
    seq: number;
  }[];
  expect(list.map((event) => event.seq)).toEqual([seq]);
});

test("a report of a session is told to whoever follows everything", async () => {
  const stream = await follow();
  const id = await spawn("report");
  const reported = await stream.waitFor(({ data }) => data["type"] === "message.reported" && data["session"] === id);
  expect(reported.data["message"]).toMatchObject({ kind: "reply", body: { text: "report" } });
  stream.close();
});

interface Source {
  items(signal: AbortSignal): AsyncIterable<StreamItem>;
  stillAllowed?: () => boolean;
}

/** A server with one stream and a clock that the test moves. */
async function serveStream(source: Source, options: Partial<StreamOptions> = {}) {
  const clock = fakeClock();
  const errors: unknown[] = [];
  const streams = createStreams({ clock, onError: (error) => errors.push(error), ...options });
  const app = new Hono<HttpEnv>().get("/", (c) =>
    streams.open(c, { items: source.items, stillAllowed: () => Promise.resolve(source.stillAllowed?.() ?? true) }),
  );
  app.onError((error, c) => c.text(error.message, 429));
  const server = await listen(app.fetch, 0);
  return { clock, errors, streams, server, open: () => openEventStream(server.port, "/", {}) };
}

async function* silent(signal: AbortSignal): AsyncGenerator<StreamItem> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  yield* [];
}

test("a silent stream gives proof of life, and ends when its reader may no longer listen", async () => {
  let allowed = true;
  const { clock, open, server } = await serveStream({ items: silent, stillAllowed: () => allowed });
  const stream = await open();
  await until(() => clock.sleepers > 0);
  await clock.advance(15_000);
  await until(() => stream.comments.length === 1);
  await until(() => clock.sleepers > 0);
  allowed = false;
  await clock.advance(15_000);
  await until(() => stream.ended());
  expect(stream.comments).toHaveLength(1);
  await server.close();
});

test("more streams than the limit are refused, and a closed one makes room", async () => {
  const { open, server } = await serveStream({ items: silent }, { limit: 2 });
  const [first] = [await open(), await open()];
  expect((await open()).status).toBe(429);
  first?.close();
  await until(async () => (await open()).status === 200);
  await server.close();
});

test("a request for the head alone opens no stream", async () => {
  const { open, server } = await serveStream({ items: silent }, { limit: 2 });
  for (let n = 0; n < 3; n++) expect((await fetch(`${server.url}/`, { method: "HEAD" })).status).toBe(200);
  expect((await open()).status).toBe(200);
  await server.close();
});

test("a source that fails ends its stream and is told", async () => {
  const failing = async function* (): AsyncGenerator<StreamItem> {
    yield { id: "1", data: { type: "one" } };
    throw new Error("the log is gone");
  };
  const { errors, open, server } = await serveStream({ items: failing });
  const stream = await open();
  await until(() => stream.ended());
  expect(stream.events).toEqual([{ id: "1", event: "one", data: { type: "one" } }]);
  expect(errors).toEqual([new Error("the log is gone")]);
  await server.close();
});

test("a reader that does not read is not fed, and is cut off", async () => {
  let made = 0;
  const flood = async function* (signal: AbortSignal): AsyncGenerator<StreamItem> {
    while (!signal.aborted) yield { id: String(++made), data: { type: "x".repeat(64 * 1024) } };
  };
  const { clock, open, server } = await serveStream({ items: flood });
  const stream = await open();
  stream.pause();
  let before = -1;
  await until(async () => {
    const settled = made === before;
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return settled;
  });
  expect(made).toBeLessThan(1000);
  await clock.advance(60_000);
  stream.resume();
  await until(() => stream.ended());
  await server.close();
});

test("a source is let go of when its reader leaves in the middle of what it has to say", async () => {
  let made = 0;
  let gone = false;
  const flood = async function* (): AsyncGenerator<StreamItem> {
    try {
      for (;;) yield { id: String(++made), data: { type: "x".repeat(64 * 1024) } };
    } finally {
      gone = true;
    }
  };
  const { open, server } = await serveStream({ items: flood });
  const stream = await open();
  await until(() => made > 10);
  stream.close();
  await until(() => gone);
  await server.close();
});

test("a closing server ends every stream", async () => {
  const { open, server, streams } = await serveStream({ items: silent });
  const stream = await open();
  streams.close();
  expect(await until(() => stream.ended())).toBe(true);
  await server.close();
});
