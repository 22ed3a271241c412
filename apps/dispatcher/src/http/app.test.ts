import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApi, send, type TestApi } from "../../test/api.ts";
import { openEventStream } from "../../test/event-stream.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const ownOrigin = () => ({ Origin: `http://127.0.0.1:${api.dispatcher.port}`, "Sec-Fetch-Site": "same-origin" });

async function logIn(): Promise<string> {
  const { code } = (await api.admin("/api/login/code", { method: "POST" })).json();
  const reply = await api.call("/api/login", { method: "POST", body: { code }, headers: ownOrigin() });
  expect(reply.status).toBe(200);
  return String(reply.headers["set-cookie"]?.[0]);
}

test.each(["/", "/api/health", "/api/events", "/api/login", "/api/nothing"])(
  "%s answers to its own names only",
  async (path) => {
    const { port, token } = api.dispatcher;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      `127.0.0.1:${port + 1}`,
      `localhost.:${port}`,
      "127.0.0.1",
      `0.0.0.0:${port}`,
    ]) {
      const reply = await send(port, path, { token, headers: { Host: host } });
      expect([host, reply.status]).toEqual([host, 421]);
    }
  },
);

test.each(["127.0.0.1", "localhost", "[::1]"])("it answers as %s", async (name) => {
  const { port, token } = api.dispatcher;
  expect((await send(port, "/api/health", { token, headers: { Host: `${name}:${port}` } })).status).toBe(200);
});

test("it listens on this machine only", async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;
  for (const host of ["127.0.0.2", outside]) {
    if (host === undefined) continue;
    const outcome = await new Promise((resolve) => {
      const socket = connect(api.dispatcher.port, host, () => resolve("connected"));
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.unref();
    });
    expect([host, outcome]).toEqual([host, "ECONNREFUSED"]);
  }
});

test("a code of the link becomes a cookie that opens the API, once", async () => {
  const { code } = (await api.admin("/api/login/code", { method: "POST" })).json();
  const redeem = () => api.call("/api/login", { method: "POST", body: { code }, headers: ownOrigin() });
  const first = await redeem();
  const cookie = String(first.headers["set-cookie"]?.[0]);
  expect(cookie).toMatch(
    new RegExp(`^harness-${api.dispatcher.port}=[^;]+; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Strict$`),
  );
  const second = await redeem();
  expect([second.status, second.json()["code"]]).toEqual([401, "login-code-invalid"]);
  const headers = { Cookie: String(cookie.split(";")[0]) };
  expect((await api.call("/api/sessions", { headers })).status).toBe(200);
  expect((await api.call("/api/sessions", { headers: { Cookie: `${headers.Cookie}x` } })).status).toBe(401);
});

test("with a cookie only our own page changes anything", async () => {
  const cookie = String((await logIn()).split(";")[0]);
  const post = (headers: Record<string, string>, body: unknown = {}) =>
    api.call("/api/login/code", { method: "POST", body, headers: { Cookie: cookie, ...headers } });
  expect((await post(ownOrigin())).status).toBe(201);
  for (const headers of [
    {},
    { Origin: "null" },
    { Origin: "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site" },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
    { Origin: `http://localhost:${api.dispatcher.port}` },
    { "Sec-Fetch-Site": "same-site" },
  ]) {
    const { status } = await post(headers as Record<string, string>);
    expect([headers, status]).toEqual([headers, 403]);
  }
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/jsonp",
  "",
])("a body of type %j is not taken", async (type) => {
  const reply = await api.admin("/api/sessions", {
    method: "POST",
    body: '{"task":"x"}',
    headers: { "Content-Type": type },
  });
  expect([reply.status, reply.json()["code"]]).toEqual([415, "media-type-unsupported"]);
});

test("a page of another port reads nothing with a cookie, neither data nor the stream", async () => {
  const cookie = String((await logIn()).split(";")[0]);
  const headers = { Cookie: cookie, "Sec-Fetch-Site": "same-site" };
  expect((await api.call("/api/sessions", { headers })).status).toBe(403);
  expect((await openEventStream(api.dispatcher.port, "/api/events", headers)).status).toBe(403);
});

test.each([
  "..%2f..%2frun",
  "%2e%2e",
  "..",
  "a%00b",
  "%2Fetc%2Fpasswd",
  "C:%5Cwindows",
  "a%20b",
  "a.b",
  "%E2%80%AE",
  "%ff",
  "x".repeat(65),
  "--help",
  "__proto__",
])("the id %s leads nowhere", async (id) => {
  for (const path of [`/api/sessions/${id}`, `/api/sessions/${id}/messages`, `/api/sessions/${id}/diff`]) {
    const { status, text } = await api.admin(path);
    expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code === 400 || code === 404)]);
    expect(text).not.toContain("root:");
  }
});

test.each([
  ["POST", "/api/sessions", "{", 400, "request-invalid"],
  ["POST", "/api/sessions", { task: "  " }, 400, "request-invalid"],
  ["POST", "/api/sessions", { task: "x", colour: "red" }, 400, "request-invalid"],
  ["POST", "/api/sessions", { task: "x", repository: "relative" }, 400, "request-invalid"],
  ["POST", "/api/sessions", { task: "x", agent: "nobody" }, 404, "agent-not-found"],
  ["POST", "/api/sessions/nobody", {}, 404, "route-not-found"],
  ["POST", "/api/sessions/nobody/messages", { kind: "prompt", body: { text: "x" } }, 404, "session-not-found"],
  ["POST", "/api/sessions/nobody/messages", { kind: "reply", body: { text: "x" } }, 400, "request-invalid"],
  ["POST", "/api/sessions/nobody/messages", { kind: "prompt", body: {} }, 400, "request-invalid"],
  ["GET", "/api/sessions/nobody", undefined, 404, "session-not-found"],
  ["GET", "/api/sessions/nobody/events?after=-1", undefined, 400, "request-invalid"],
  ["GET", "/api/sessions?all=yes", undefined, 400, "request-invalid"],
  ["POST", "/api/shutdown", { all: "yes" }, 400, "request-invalid"],
] as const)("%s %s with %j is a problem document", async (...row) => {
  const [method, path, body, status, code] = row;
  const reply = await api.admin(path, { method, ...(body === undefined ? {} : { body }) });
  const problem = reply.json();
  expect([reply.status, problem["code"]]).toEqual([status, code]);
  expect(reply.headers["content-type"]).toBe("application/problem+json");
  expect(problem).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    hint: expect.any(String),
  });
});

test("a body that is too large is refused, announced or not", async () => {
  const body = JSON.stringify({ task: "x".repeat(5 * 1024 * 1024) });
  const announced = await api.admin("/api/sessions", { method: "POST", body });
  expect([announced.status, announced.json()["code"]]).toEqual([413, "message-too-large"]);
  const headers = { "Transfer-Encoding": "chunked" };
  const unannounced = await api.admin("/api/sessions", { method: "POST", body, headers });
  expect([unannounced.status, unannounced.json()["code"]]).toEqual([413, "message-too-large"]);
});

test("every answer carries the headers that keep a browser from doing more than it should", async () => {
  for (const path of ["/", "/api/health", "/api/nothing", "/nothing"]) {
    const { headers } = await api.admin(path);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY",
    });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  }
  const preflight = await api.call("/api/sessions", {
    method: "OPTIONS",
    headers: { Origin: "https://evil.example", "Access-Control-Request-Method": "POST" },
  });
  expect(preflight.status).toBe(403);
  expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
});

test("the OpenAPI document describes every route", async () => {
  const document = (await api.admin("/api/openapi.json")).json() as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: object; requestBody?: unknown }>>;
  };
  expect(document.openapi).toBe("3.1.0");
  const spawn = document.paths["/api/sessions"]?.["post"];
  expect(spawn).toMatchObject({
    operationId: "createSession",
    requestBody: { content: { "application/json": { schema: { required: ["task"], additionalProperties: false } } } },
  });
  expect(document.paths["/api/sessions/{id}"]?.["get"]).toMatchObject({
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    responses: { 200: { content: { "application/json": { schema: { type: "object" } } } } },
  });
  expect(document.paths["/api/events"]?.["get"]?.responses).toMatchObject({
    200: { content: { "text/event-stream": {} } },
  });
});

test("every change is written down: who asked for what, and what became of it", async () => {
  await api.admin("/api/sessions/nobody/stop", { method: "POST" });
  const log = readFileSync(api.root.run.log, "utf8").trim().split("\n");
  expect(log.map((entry) => JSON.parse(entry) as object)).toContainEqual(
    expect.objectContaining({ method: "POST", path: "/api/sessions/nobody/stop", who: "bearer", status: 404 }),
  );
  expect(log.join("")).not.toContain(api.dispatcher.token);
});
