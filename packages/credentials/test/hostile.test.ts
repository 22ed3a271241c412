import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call, callRaw, startUpstream } from "./calls.ts";
import { startWorker, WORKER_KEY } from "./running-worker.ts";

const SECRET = "sk-ant-api03-Qm9k/Zz+w-0123456789_canary";

/** A worker before a provider that answers with what it was asked. */
async function reflecting(root: string) {
  const asked: IncomingMessage[] = [];
  const upstream = await startUpstream((request, answer) => {
    asked.push(request);
    request.resume();
    answer.writeHead(200, {
      "content-type": "text/plain",
      "x-request-id": String(request.headers["x-api-key"]),
      "x-ratelimit-echo": Buffer.from(`a${SECRET}`).toString("base64"),
      "set-cookie": "a=b",
      "x-other": SECRET,
    });
    const echo = JSON.stringify(request.headers);
    const forms = [0, 1, 2].map((pad) => Buffer.from(`${"x".repeat(pad)}key=${SECRET}&more`).toString("base64"));
    answer.end([echo, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("hex"), ...forms].join("\n"));
  });
  const worker = await startWorker(root, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  return { asked, upstream, worker };
}

test("a provider that repeats the key is masked in headers and bodies, in every encoding", async () => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const answer = await call(await worker.grant("s1"));
  expect(asked[0]?.headers["x-api-key"]).toBe(SECRET);
  expect(answer.status).toBe(200);
  const seen = `${JSON.stringify(answer.headers)}\n${answer.text}`;
  expect(answer.headers["x-request-id"]).toBe("*".repeat(SECRET.length));
  expect(Object.keys(answer.headers)).not.toContain("set-cookie");
  expect(Object.keys(answer.headers)).not.toContain("x-other");
  for (const hidden of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("hex")])
    expect(seen).not.toContain(hidden);
  for (const line of answer.text.split("\n").slice(-3))
    expect(Buffer.from(line, "base64").toString("latin1")).not.toContain("0123456789_can");
});

test("nothing of a client's own credentials, accounts or cookies reaches the provider", async () => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const mine = "sk-of-an-attacker";
  const headers = {
    authorization: `Bearer ${mine}`,
    cookie: mine,
    "x-goog-api-key": mine,
    "openai-organization": mine,
    "x-forwarded-host": mine,
    "x-goog-user-project": mine,
    "anthropic-version": "2023-06-01",
  };
  const answer = await call(await worker.grant("s1"), { headers });
  expect(answer.status).toBe(200);
  expect(asked[0]?.rawHeaders.join()).not.toContain(mine);
  expect(asked[0]?.headers["anthropic-version"]).toBe("2023-06-01");
  expect(asked[0]?.headers.host).toBe(new URL(upstream.url).host);
});

test.each([
  ["another path", { path: "/v1/files" }, 403],
  ["what others left at the provider", { method: "GET", path: "/v1/messages/batches" }, 403],
  ["another method", { method: "DELETE", path: "/v1/messages" }, 403],
  ["a way up", { path: "/v1/../admin" }, 403],
  ["an encoded way up", { path: "/v1/%2e%2e/messages" }, 403],
  ["a NUL", { path: "/v1/messages%00" }, 403],
  ["two slashes", { path: "//evil.example/v1/messages" }, 403],
  ["another place as a proxy", { path: "http://evil.example/v1/messages" }, 400],
  ["a place with a user name", { path: "/@evil.example/v1/messages" }, 403],
  ["another host", { headers: { host: "evil.example" } }, 421],
  ["a host in octal", { headers: { host: "0177.0.0.1" } }, 421],
  ["a host mapped into another family", { headers: { host: "[::ffff:127.0.0.1]" } }, 421],
  ["a host in punycode", { headers: { host: "xn--lcalhost-90a" } }, 421],
  ["a host behind a user name", { headers: { host: "localhost@evil.example" } }, 421],
  ["a host below its own name", { headers: { host: "localhost.evil.example" } }, 421],
  ["a model that is a way up", { method: "GET", path: "/v1/models/.." }, 403],
  ["a model that is where it stands", { method: "GET", path: "/v1/models/." }, 403],
  ["a pile of questions at once", { path: "/v1/messages/batches" }, 403],
  ["who else there is", { method: "GET", path: "/v1/organizations/users" }, 403],
  ["a host with a dot at its end", { headers: { host: "localhost." } }, 421],
  ["a change of protocol", { headers: { connection: "upgrade", upgrade: "websocket" } }, 400],
  ["headers of a proxy", { headers: { "proxy-authorization": "Basic eDp4" } }, 400],
  ["headers named as of one hop", { headers: { connection: "x-api-key" } }, 400],
  ["a compressed request", { headers: { "content-encoding": "gzip" } }, 415],
])("%s is refused, and the provider hears nothing of it", async (_what, options, status) => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const answer = await call(await worker.grant("s1"), options);
  expect(answer).toMatchObject({ status, code: "not-allowed" });
  expect(asked).toEqual([]);
  expect(worker.calls()).toMatchObject([{ outcome: "refused", refusal: "not-allowed", status: null }]);
});

test.each([
  ["a header given twice", "x-api-key: a\r\nx-api-key: b\r\ncontent-length: 0\r\n"],
  ["two lengths", "content-length: 0\r\ncontent-length: 5\r\n"],
  ["a length and pieces", "content-length: 4\r\ntransfer-encoding: chunked\r\n"],
  ["a NUL in a header", "x-a: b\0c\r\ncontent-length: 0\r\n"],
  [
    "another request in its body",
    "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/files HTTP/1.1\r\n",
  ],
  ["a header split in two", "x-a: b\r\n c\r\ncontent-length: 0\r\n"],
  ["pieces of another coding", "transfer-encoding: gzip, chunked\r\n"],
])("a request with %s goes nowhere", async (_what, lines) => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  const head = `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n`;
  const text = await callRaw(
    socket,
    `${head}${lines.includes("x-api-key") ? "" : `x-api-key: ${WORKER_KEY}\r\n`}${lines}\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(asked).toEqual([]);
});

test.each([
  [
    "in pieces",
    (body: string) => `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
  ["of a length", (body: string) => `content-length: ${body.length}\r\n\r\n${body}`],
])("a request in the body %s of one that has none reaches nobody", async (_how, write) => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const inside = "POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
  const head = `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-api-key: ${WORKER_KEY}\r\n`;
  const socket = await worker.grant("s1");
  expect(await callRaw(socket, `${head}${write(inside)}`)).toMatch(/^HTTP\/1\.1 400 /);
  // What the provider was sent before would be with it before this.
  expect((await call(socket)).status).toBe(200);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /v1/messages"]);
});

test("what a query says beyond how the answer is to look stays here", async () => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const path = `/v1/messages?beta=true&key=${WORKER_KEY}&callback=http://evil.example/&beta=false`;
  expect(await call(await worker.grant("s1"), { path })).toMatchObject({ status: 200 });
  expect(asked.map(({ url }) => url)).toEqual(["/v1/messages?beta=true"]);
});

test("a tunnel is refused", async () => {
  await using directory = temporaryDirectory();
  const { upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  expect(await callRaw(socket, "CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 405 /,
  );
  expect(await callRaw(socket, "CONNECT 127.0.0.1:443 HTTP/1.1\r\nhost: localhost\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 405 /,
  );
});

test("who asks for a tunnel and goes away ends nobody's worker", async () => {
  await using directory = temporaryDirectory();
  const { upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  for (let n = 0; n < 30; n++) {
    const client = connect(socket);
    client.on("error", () => {});
    client.write("CONNECT x HTTP/1.1\r\nhost: x\r\n\r\n", () => client.destroy());
    await once(client, "close");
  }
  expect(await call(socket)).toMatchObject({ status: 200 });
  expect(worker.child.exitCode).toBe(null);
});

test("a connection that asks before it has its answer is ended, and asks the provider once", async () => {
  await using directory = temporaryDirectory();
  let asked = 0;
  await using upstream = await startUpstream((request) => {
    request.resume();
    asked += 1;
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  const client = connect(await worker.grant("s1"));
  client.on("error", () => {});
  const one = `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${WORKER_KEY}\r\ncontent-length: 2\r\n\r\n{}`;
  client.write(one);
  await until(() => asked === 1);
  client.write(one.repeat(500));
  await once(client, "close");
  await until(() => worker.calls().length > 0);
  expect([asked, worker.calls().map(({ outcome }) => outcome)]).toEqual([1, ["aborted"]]);
});

test("the key of one session opens nothing on the socket of another", async () => {
  await using directory = temporaryDirectory();
  const { asked, upstream, worker } = await reflecting(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1", { key: "harness-worker-key-one" });
  await worker.grant("s2", { key: "harness-worker-key-two" });
  for (const key of [null, "", "harness-worker-key-two", SECRET])
    expect(await call(socket, { key })).toMatchObject({ status: 401, code: "worker-key-refused" });
  expect(asked).toEqual([]);
  expect((await call(socket, { key: "harness-worker-key-one" })).status).toBe(200);
});

test("a redirect is neither followed nor told", async () => {
  await using directory = temporaryDirectory();
  const paths: string[] = [];
  await using upstream = await startUpstream((request, answer) => {
    paths.push(request.url ?? "");
    answer.writeHead(307, { location: "http://127.0.0.1:9/steal" }).end();
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  const answer = await call(await worker.grant("s1"));
  expect(answer).toMatchObject({ status: 502, code: "provider-redirected" });
  expect(JSON.stringify(answer)).not.toContain("steal");
  expect(paths).toEqual(["/v1/messages"]);
  expect(worker.calls()).toMatchObject([{ status: 307, outcome: "refused", refusal: "provider-redirected" }]);
});

test("an answer in a form that cannot be looked through is refused", async () => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((_request, answer) =>
    answer.writeHead(200, { "content-encoding": "br" }).end("secret"),
  );
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  expect(await call(await worker.grant("s1"))).toMatchObject({ status: 502, code: "provider-answer-refused" });
});
