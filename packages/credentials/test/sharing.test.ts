import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call, open, readText, startUpstream } from "./calls.ts";
import { startWorker } from "./running-worker.ts";

const usage = JSON.stringify({ usage: { input_tokens: 60, output_tokens: 40, cache_read_input_tokens: 100 } });

/** A provider that answers nothing until it is told to. */
async function silent() {
  const under: { answer: ServerResponse; text: Promise<string> }[] = [];
  const upstream = await startUpstream((request, answer) => {
    under.push({ answer, text: readText(request) });
  });
  return { under, upstream };
}

test("however many calls a session has under way, each other one has a place", async () => {
  await using directory = temporaryDirectory();
  const { under, upstream } = await silent();
  await using _upstream = upstream;
  const limits = { concurrent: 4 };
  const wire = "anthropic" as const;
  await using worker = await startWorker(directory.path, { wire, baseUrl: upstream.url, secret: null, limits });
  const [greedy = "", first = "", second = ""] = await Promise.all(["s1", "s2", "s3"].map((id) => worker.grant(id)));
  const hoard = Array.from({ length: 6 }, () => open(greedy));
  for (const sent of hoard) sent.on("error", () => {}).end("{}");
  await until(() => under.length === 2);
  const others = [call(first), call(second)];
  await until(() => under.length === 4);
  for (const { answer } of under.slice(2)) answer.writeHead(200).end("{}");
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
  // What it has waiting goes on where nobody else can want the place.
  expect(under.length).toBe(4);
  worker.withdraw("s2");
  worker.withdraw("s3");
  await until(() => under.length === 6);
  for (const sent of hoard) sent.destroy();
});

test("a session whose budget is spent takes none of the requests that others may make", async () => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(usage);
  });
  const limits = { requestsPerMinute: 3 };
  const wire = "anthropic" as const;
  await using worker = await startWorker(directory.path, { wire, baseUrl: upstream.url, secret: null, limits });
  const spent = await worker.grant("s1", { budget: { tokens: 1 } });
  expect((await call(spent)).status).toBe(200);
  for (let n = 0; n < 10; n++) expect(await call(spent)).toMatchObject({ status: 402, code: "budget-spent" });
  const other = await worker.grant("s2");
  expect([(await call(other)).status, (await call(other)).status]).toEqual([200, 200]);
});

test("a provider that says nothing is not waited for without an end, one that says anything is", async () => {
  await using directory = temporaryDirectory();
  const { under, upstream } = await silent();
  await using _upstream = upstream;
  await using worker = await startWorker(directory.path, {
    wire: "anthropic",
    baseUrl: upstream.url,
    secret: null,
    limits: { concurrent: 1 },
    patience: { providerMs: 600 },
  });
  const socket = await worker.grant("s1");
  expect(await call(socket)).toMatchObject({
    status: 504,
    code: "provider-silent",
    headers: { "x-should-retry": "true" },
  });

  const sent = open(socket);
  sent.end("{}");
  await until(() => under.length === 2);
  const { answer } = under[1]!;
  answer.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  const [answered] = (await once(sent, "response")) as [IncomingMessage];
  // Nothing of an answer, and a sign of life.
  const began = performance.now();
  const pinging = setInterval(() => answer.write(": ping\n\n"), 200);
  answered.resume();
  await until(() => performance.now() - began > 1_500);
  expect(answered.destroyed).toBe(false);
  clearInterval(pinging);
  await once(answered, "error");
  await until(() => worker.calls().filter(({ refusal }) => refusal === "provider-silent").length === 2);
  // Its place is free again.
  const next = call(socket);
  await until(() => under.length === 3);
  under[2]!.answer.end("{}");
  expect((await next).status).toBe(200);
});

test.each([
  [
    "does not send what it asks",
    async (socket: string) => {
      const sent = open(socket, { headers: { "content-length": "1000" } });
      sent.write("{");
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      expect(answer.statusCode).toBe(408);
      for (const end of [sent, answer]) end.on("error", () => {});
      return () => sent.destroy();
    },
  ],
  [
    "does not take what it is answered",
    async (socket: string) => {
      const sent = open(socket, { path: "/v1/messages?alt=sse" });
      sent.end("{}");
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      for (const end of [sent, answer]) end.on("error", () => {});
      answer.pause();
      return () => sent.destroy();
    },
  ],
])("a client that %s has its place for a while", async (_what, stall) => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((request, answer) => {
    request.resume();
    request.on("end", () => {
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.end(request.url?.includes("sse") ? Buffer.alloc(8_000_000, "x") : "{}");
    });
  });
  await using worker = await startWorker(directory.path, {
    wire: "anthropic",
    baseUrl: upstream.url,
    secret: null,
    limits: { concurrent: 1 },
    patience: { clientMs: 500 },
  });
  const giveUp = await stall(await worker.grant("s1"));
  expect((await call(await worker.grant("s2"))).status).toBe(200);
  giveUp();
  expect(worker.calls().find(({ session }) => session === "s1")).toMatchObject({
    outcome: "aborted",
    refusal: "client-stalled",
  });
});

test("giving a call up in the middle of its answer is no way round a budget", async () => {
  await using directory = temporaryDirectory();
  const { under, upstream } = await silent();
  await using _upstream = upstream;
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: null });
  const socket = await worker.grant("s1", { budget: { tokens: 1_000 } });
  const giveUp = async () => {
    const sent = open(socket);
    sent.on("error", () => {});
    sent.end("{}");
    const began = under.length;
    await until(() => under.length > began);
    return { sent, ...under.at(-1)! };
  };
  const { sent, answer } = await giveUp();
  answer.writeHead(200, { "content-type": "text/event-stream" });
  const say = (event: object) => answer.write(`data: ${JSON.stringify(event)}\n\n`);
  say({ type: "message_start", message: { usage: { input_tokens: 100, output_tokens: 1 } } });
  for (let n = 0; n < 50; n++)
    say({ type: "content_block_delta", delta: { type: "text_delta", text: "word ".repeat(20) } });
  const [answered] = (await once(sent, "response")) as [IncomingMessage];
  let length = 0;
  answered.on("data", (piece: Buffer) => (length += piece.length)).on("error", () => {});
  await until(() => length > 5_000);
  sent.destroy();
  await until(() => worker.calls().length === 1);
  const { inputTokens, outputTokens, estimated, outcome } = worker.calls()[0]!;
  expect({ inputTokens, estimated, outcome }).toEqual({ inputTokens: 100, estimated: true, outcome: "aborted" });
  expect(outputTokens).toBeGreaterThan(1_000);
  expect(outputTokens).toBeLessThanOrEqual(1_250);
  expect(await call(socket)).toMatchObject({ status: 402, code: "budget-spent" });

  // Before anything of the answer came: what was asked is asked.
  await worker.grant("s1", { budget: { tokens: 100_000 } });
  const early = open(socket);
  early.on("error", () => {});
  early.end(`{"messages":"${"word ".repeat(200)}"}`);
  await until(() => under.length === 2);
  await under[1]!.text;
  early.destroy();
  await until(() => worker.calls().length === 3);
  expect(worker.calls()[2]).toMatchObject({ status: null, inputTokens: 254, outputTokens: 0, estimated: true });
});
