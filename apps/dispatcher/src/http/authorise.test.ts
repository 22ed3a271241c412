import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApi, type TestApi } from "../../test/api.ts";
import { openEventStream } from "../../test/event-stream.ts";
import { createApp } from "./app.ts";
import { findOperation } from "./authorise.ts";
import { OPERATIONS } from "./operations.ts";
import type { Operation } from "./operation.ts";

// Written down a second time on purpose: a route that is opened to sessions has to be opened here too.
const OPEN_TO_SESSIONS = ["followEvents", "getSession", "listEvents", "listMessages"];
const OPEN_TO_ANYONE = ["login"];

const OWN = "own0000000";
const OTHER = "other00000";
const CLOSED = "closed0000";
const token = (id: string) => `${id}.${"t".repeat(43)}`;

let api: TestApi;
beforeAll(async () => {
  api = await openApi();
  for (const id of [OWN, OTHER, CLOSED]) makeSession(id);
  writeFileSync(api.root.session(CLOSED).status, JSON.stringify(closedStatus()));
});
afterAll(() => api[Symbol.asyncDispose]());

function makeSession(id: string): void {
  const paths = api.root.session(id);
  for (const path of [paths.inbox.path, paths.outbox.path, paths.log]) mkdirSync(path, { recursive: true });
  writeFileSync(paths.spec, JSON.stringify({ v: 1, id, agent: { driver: "scripted" } }));
  writeFileSync(paths.token, `${token(id)}\n`);
}

function closedStatus(): object {
  const now = new Date().toISOString();
  const process = { pid: 1, bootId: "another", startTime: "1", lockFd: 3 };
  const rest = { turn: null, turns: 0, waiting: [], startedAt: now, updatedAt: now };
  return { v: 1, session: CLOSED, state: "closed", agent: "exited", process, ...rest };
}

const operations = Object.entries<Operation>(OPERATIONS);
const pathOf = ({ path }: Operation, id = OWN) => path.replace(":id", id);
const methodOf = ({ method }: Operation) => method.toUpperCase();

test("every route is in the table, and everything in the table is a route", () => {
  const { context, merges, radar, token: adminToken } = api.dispatcher;
  const { app } = createApp({
    context,
    merges,
    radar,
    adminToken,
    publicDirectory: "/nonexistent",
    shutdown: () => undefined,
  });
  const handlers = app.routes.filter(({ path, method }) => path.startsWith("/api/") && method !== "ALL");
  const routed = new Set(handlers.map(({ method, path }) => `${method} ${path}`));
  const listed = new Set(operations.map(([, operation]) => `${methodOf(operation)} ${operation.path}`));
  expect([...routed].toSorted()).toEqual([...listed].toSorted());
});

test("sessions and strangers may do what is listed here, and nothing else", () => {
  const open = (role: string) =>
    operations.filter(([, { roles }]) => (roles as readonly string[]).includes(role)).map(([name]) => name);
  expect(open("session").toSorted()).toEqual(OPEN_TO_SESSIONS);
  expect(open("anyone")).toEqual(OPEN_TO_ANYONE);
  expect(operations.filter(([, { method }]) => method !== "get").flatMap(([, { roles }]) => roles)).not.toContain(
    "session",
  );
});

// So many wrong tokens as are tried here are slowed down: that is a refusal too.
const unlimited = (status: number) => (status === 429 ? 401 : status);
const closedOff = operations.filter(([name]) => !OPEN_TO_ANYONE.includes(name));

test.each(closedOff)("%s is refused without a token, with a wrong one, and with a dead one", async (_, operation) => {
  const wrong = [undefined, "", "x".repeat(43), token("nobody0000"), token(CLOSED), `${api.dispatcher.token}x`];
  for (const given of wrong) {
    const call = { method: methodOf(operation), ...(given === undefined ? {} : { token: given }) };
    const { status, headers } = await api.call(pathOf(operation), call);
    // Without a token a change is already refused for not saying which page it comes from.
    const expected = given === undefined && operation.method !== "get" ? 403 : 401;
    expect([given, unlimited(status)]).toEqual([given, expected]);
    expect(headers["content-type"]).toBe("application/problem+json");
  }
});

test.each(closedOff)("%s with the token of a session", async (name, operation) => {
  if (operation.path.endsWith("/stream")) return;
  const method = methodOf(operation);
  const own = await api.call(pathOf(operation), { method, token: token(OWN) });
  expect(own.status).toBe(OPEN_TO_SESSIONS.includes(name) ? 200 : 403);
  if (!operation.path.includes(":id")) return;
  const other = await api.call(pathOf(operation, OTHER), { method, token: token(OWN) });
  expect(other.status).toBe(403);
  const shortened = await api.call(pathOf(operation, "other"), { method, token: token(OWN) });
  expect(shortened.status).toBe(403);
});

test("a session reads its own log as a stream, and no other one's", async () => {
  const headers = { Authorization: `Bearer ${token(OWN)}` };
  const own = await openEventStream(api.dispatcher.port, `/api/sessions/${OWN}/events/stream`, headers);
  expect(own.status).toBe(200);
  own.close();
  expect((await api.call(`/api/sessions/${OTHER}/events/stream`, { token: token(OWN) })).status).toBe(403);
  expect((await api.call("/api/events", { token: token(OWN) })).status).toBe(403);
});

test("a token is dead from the next request on when it is rotated or revoked, and no other session notices", async () => {
  const rotating = "rotating00";
  makeSession(rotating);
  const read = (given: string) => api.call(`/api/sessions/${rotating}`, { token: given });
  expect((await read(token(rotating))).status).toBe(200);
  const rotated = await api.admin(`/api/sessions/${rotating}/token/rotate`, { method: "POST" });
  expect(rotated.status).toBe(200);
  expect(rotated.text).not.toContain("tttt");
  expect(unlimited((await read(token(rotating))).status)).toBe(401);
  const fresh = readFileSync(String(rotated.json()["file"]), "utf8").trim();
  expect((await read(fresh)).status).toBe(200);
  await api.admin(`/api/sessions/${rotating}/token/revoke`, { method: "POST" });
  expect(unlimited((await read(fresh)).status)).toBe(401);
  expect((await api.call(`/api/sessions/${OTHER}`, { token: token(OTHER) })).status).toBe(200);
});

test.each(["", "short", " \n"])("a token file with %j opens nothing", async (content) => {
  const id = "weak000000";
  makeSession(id);
  writeFileSync(api.root.session(id).token, content);
  const { status } = await api.call(`/api/sessions/${id}`, { token: content.trim() });
  expect(unlimited(status)).toBe(401);
});

test("a token that is a link to another one's opens nothing", async () => {
  const id = "linked0000";
  makeSession(id);
  rmSync(api.root.session(id).token);
  symlinkSync(api.root.session(OTHER).token, api.root.session(id).token);
  expect((await api.call(`/api/sessions/${id}`, { token: token(OTHER) })).status).toBe(403);
});

test("what the table does not name does not exist", async () => {
  expect(findOperation("GET", "/api/sessions/a/b/c/d")).toBeUndefined();
  expect(findOperation("PUT", "/api/sessions")).toBeUndefined();
  for (const [method, path] of [
    ["GET", "/api/nothing"],
    ["PUT", "/api/sessions"],
    ["GET", "/api//sessions"],
    ["GET", "/api/"],
  ] as const) {
    const reply = await api.admin(path, { method });
    expect([path, reply.status]).toEqual([path, 404]);
    expect(reply.json()["code"]).toBe("route-not-found");
  }
});

test("guessing tokens is slowed down, and the right one still works", async () => {
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, n) => api.call("/api/health", { token: `guess-${n}` })),
  );
  expect(replies.some(({ status }) => status === 429)).toBe(true);
  expect((await api.admin("/api/health")).status).toBe(200);
});
