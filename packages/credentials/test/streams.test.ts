import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call, open, readText, startUpstream } from "./calls.ts";
import { startWorker } from "./running-worker.ts";

const SECRET = "sk-0123456789abcdef-stream";
const EVENTS = { "content-type": "text/event-stream" };

async function streaming(root: string) {
  const answers: ServerResponse[] = [];
  const upstream = await startUpstream((request, answer) => {
    request.resume();
    answer.writeHead(200, EVENTS);
    answer.flushHeaders();
    answers.push(answer);
  });
  const worker = await startWorker(root, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  return { answers, upstream, worker };
}

async function openStream(socket: string) {
  const sent = open(socket);
  sent.on("error", () => {});
  sent.end("{}");
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { sent, answer };
}

test("each event of a stream arrives as it is said, and a key that is cut in two is masked", async () => {
  await using directory = temporaryDirectory();
  const { answers, upstream, worker } = await streaming(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const { answer } = await openStream(await worker.grant("s1"));
  let text = "";
  answer.on("data", (piece) => (text += String(piece)));
  const provider = answers[0]!;
  const saySo = async (said: string) => {
    provider.write(said);
    await until(() => text.endsWith(said));
  };
  await saySo("data: one\n\n");
  await saySo("data: two\n\n");
  provider.write(`data: ${SECRET.slice(0, 10)}`);
  await until(() => text.endsWith("data: "));
  provider.write(`${SECRET.slice(10)}\n\n`);
  await until(() => text.endsWith(`data: ${"*".repeat(SECRET.length)}\n\n`));
  provider.write("data: the end is s");
  provider.end("k-0123");
  await once(answer, "end");
  expect(text.endsWith("data: the end is sk-0123")).toBe(true);
});

test("a session that goes away takes its call with it, and only that", async () => {
  await using directory = temporaryDirectory();
  const { answers, upstream, worker } = await streaming(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  const first = await openStream(socket);
  const second = await openStream(socket);
  first.answer.on("error", () => {});
  first.sent.destroy();
  await once(answers[0]!, "close");
  await until(() => worker.calls().some(({ outcome }) => outcome === "aborted"));
  answers[1]!.end("data: still here\n\n");
  expect(await readText(second.answer)).toBe("data: still here\n\n");
});

test("an answer that breaks off on the provider's side ends as it came: cut", async () => {
  await using directory = temporaryDirectory();
  const { answers, upstream, worker } = await streaming(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const { answer } = await openStream(await worker.grant("s1"));
  answers[0]!.write("data: half\n\n");
  await once(answer, "data");
  answers[0]!.destroy();
  const [error] = (await once(answer, "error")) as [Error];
  expect(error.message).toBe("aborted");
  await until(() => worker.calls().some(({ outcome }) => outcome === "broken"));
});

test("a session whose grant is taken away gets nothing more, not even the rest of a stream", async () => {
  await using directory = temporaryDirectory();
  const { answers, upstream, worker } = await streaming(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  const { answer } = await openStream(socket);
  worker.withdraw("s1");
  const [error] = (await once(answer, "error")) as [Error];
  expect(error.message).toBe("aborted");
  if (!answers[0]!.closed) await once(answers[0]!, "close");
  await expect(call(socket)).rejects.toThrow(/ENOENT|ECONNREFUSED|ECONNRESET/);
});

test("a stream belongs to the grant under which it began, however soon another takes its place", async () => {
  await using directory = temporaryDirectory();
  const { answers, upstream, worker } = await streaming(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const socket = await worker.grant("s1");
  const { answer } = await openStream(socket);
  // The same key with more to spend is the same grant.
  await worker.grant("s1", { budget: { tokens: 5 } });
  answers[0]!.write("data: still here\n\n");
  await once(answer, "data");
  const broken = once(answer, "error") as Promise<[Error]>;
  await worker.grant("s1", { key: "harness-worker-key-of-the-next-start" });
  const [error] = await broken;
  expect(error.message).toBe("aborted");
  expect((await call(socket)).status).toBe(401);
  const next = open(socket, { key: "harness-worker-key-of-the-next-start" });
  next.end("{}");
  const [other] = (await once(next, "response")) as [IncomingMessage];
  answers.at(-1)!.end("data: hers\n\n");
  expect(await readText(other)).toBe("data: hers\n\n");
});

test("what a provider says of a failure is passed on with its status, and costs nothing", async () => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((_request, answer) => {
    answer.writeHead(429, { "retry-after": "7", "content-type": "application/json" });
    answer.end(`{"error":{"type":"rate_limit_error","message":"slow down, ${SECRET}"}}`);
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET });
  const answer = await call(await worker.grant("s1"));
  expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  expect(answer.text).toContain(`slow down, ${"*".repeat(SECRET.length)}`);
  expect(worker.spent("s1")).toMatchObject({ lastStatus: 429, statuses: { 429: 1 }, inputTokens: 0, outputTokens: 0 });
});

test("a provider that cannot be reached is a failure that may be tried again", async () => {
  await using directory = temporaryDirectory();
  await using worker = await startWorker(directory.path, {
    wire: "anthropic",
    baseUrl: "http://127.0.0.1:1",
    secret: SECRET,
  });
  const answer = await call(await worker.grant("s1"));
  expect(answer).toMatchObject({ status: 502, code: "provider-unreachable" });
  expect(answer.headers["x-should-retry"]).toBe("true");
});

test("a provider that changes the protocol unasked is told of at once", async () => {
  await using directory = temporaryDirectory();
  const server = createServer((connection) => {
    connection.on("error", () => {});
    connection.once("data", () =>
      connection.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n"),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl, secret: SECRET });
  expect(await call(await worker.grant("s1"))).toMatchObject({ status: 502, code: "provider-unreachable" });
  server.close();
});
