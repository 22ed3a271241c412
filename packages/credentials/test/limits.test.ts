import { once } from "node:events";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { jobKey, periodOf } from "../src/job-share.ts";
import { grantPath, spentPath, type Spent } from "../src/protocol.ts";
import { call, open, readText, startUpstream } from "./calls.ts";
import { startWorker } from "./running-worker.ts";

const usage = JSON.stringify({ usage: { input_tokens: 60, output_tokens: 40, cache_read_input_tokens: 100 } });

test("a session that has spent its budget is told so, and its budget outlives the worker", async () => {
  await using directory = temporaryDirectory();
  let asked = 0;
  await using upstream = await startUpstream((request, answer) => {
    asked += 1;
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(usage);
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: null });
  const socket = await worker.grant("s1", { budget: { tokens: 300 } });
  expect((await call(socket)).status).toBe(200);
  expect((await call(socket)).status).toBe(200);
  expect(worker.spent("s1")).toMatchObject({ inputTokens: 320, outputTokens: 80 });
  await worker.replace();
  const again = await worker.grant("s1", { budget: { tokens: 300 } });
  expect(await call(again)).toMatchObject({
    status: 402,
    code: "budget-spent",
    headers: { "x-should-retry": "false" },
  });
  // A list of models costs nothing, and another session has a budget of its own.
  expect((await call(again, { method: "GET", path: "/v1/models" })).status).toBe(200);
  expect((await call(await worker.grant("s2", { budget: { tokens: 1 } }))).status).toBe(200);
  expect(asked).toBe(4);
  // A person who gives it more has it go on with the next call.
  await worker.grant("s1", { budget: { tokens: 1_000 } });
  expect((await call(again)).status).toBe(200);
});

test("a disk that takes nothing down ends no worker, forgets nothing and lets nothing more be spent", async () => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(usage);
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: null });
  const socket = await worker.grant("s1");
  const spent = join(worker.directory, "spent");
  expect((await call(socket)).status).toBe(200);
  // A file in the way of a directory stops root as well.
  renameSync(spent, `${spent}.away`);
  writeFileSync(spent, "");
  expect((await call(socket)).status).toBe(200);
  expect(await call(socket)).toMatchObject({ status: 503, code: "spending-not-kept" });
  expect((await call(socket, { method: "GET", path: "/v1/models" })).status).toBe(200);
  rmSync(spent);
  renameSync(`${spent}.away`, spent);
  expect((await call(socket)).status).toBe(200);
  expect(worker.child.exitCode).toBe(null);
  expect(worker.spent("s1")).toMatchObject({ calls: 5, inputTokens: 480 });
  expect(worker.calls()).toHaveLength(5);
});

test("no more calls are under way than the provider is to bear, and one that was given up takes no place", async () => {
  await using directory = temporaryDirectory();
  const under: ServerResponse[] = [];
  await using upstream = await startUpstream((request, answer) => {
    request.resume();
    under.push(answer);
  });
  const limits = { concurrent: 1 };
  const wire = "anthropic" as const;
  await using worker = await startWorker(directory.path, { wire, baseUrl: upstream.url, secret: null, limits });
  const socket = await worker.grant("s1");
  const first = call(socket);
  await until(() => under.length === 1);
  const givenUp = open(socket);
  givenUp.on("error", () => {}).end("{}");
  const third = call(socket);
  givenUp.destroy();
  expect(under.length).toBe(1);
  under[0]!.writeHead(200).end("{}");
  await first;
  await until(() => under.length === 2);
  // Neither what is under way nor what waits outlives what its session was granted.
  const late = Promise.allSettled([third, call(socket)]);
  await worker.grant("s1", { key: "harness-worker-key-of-another-start" });
  const [cut, refused] = (await late).map((end) => (end.status === "rejected" ? "cut" : end.value.status));
  // It may have come a moment later.
  expect([cut, refused === 401 ? "cut" : refused]).toEqual(["cut", "cut"]);
  expect(under.length).toBe(2);
  expect((await call(socket)).status).toBe(401);
});

/** A call of a client that can ask a person, and what it is told while it waits. */
async function heldCall(socket: string) {
  const sent = open(socket, { headers: { "x-harness-hold": "1" } });
  sent.on("error", () => {});
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  const informed = once(sent, "information") as Promise<[{ statusCode: number; headers: Record<string, string> }]>;
  sent.end("{}");
  const [{ statusCode, headers }] = await informed;
  return { sent, answered, told: `${statusCode} ${headers["x-harness-hold"]}` };
}

test("a call of a client that can ask a person waits for more budget, takes no place meanwhile, and not for ever", async () => {
  await using directory = temporaryDirectory();
  let asked = 0;
  await using upstream = await startUpstream((request, answer) => {
    asked += 1;
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(usage);
  });
  const limits = { concurrent: 1 };
  await using worker = await startWorker(directory.path, {
    wire: "anthropic",
    baseUrl: upstream.url,
    secret: null,
    limits,
    holdMs: 1_500,
  });
  const socket = await worker.grant("s1", { budget: { tokens: 100 } });
  expect((await call(socket)).status).toBe(200);
  const held = await heldCall(socket);
  expect(held.told).toBe("102 1500; The budget of this session is spent: 200 of 100 tokens.");
  // Others go past it, and it is nothing that the provider hears of.
  expect((await call(await worker.grant("s2"))).status).toBe(200);
  expect(asked).toBe(2);
  await worker.grant("s1", { budget: { tokens: 300 } });
  const [answer] = await held.answered;
  expect([answer.statusCode, await readText(answer), asked]).toEqual([200, usage, 3]);

  const inVain = await heldCall(socket);
  const [refused] = await inVain.answered;
  expect([refused.statusCode, JSON.parse(await readText(refused))]).toMatchObject([
    402,
    { error: { code: "budget-spent" } },
  ]);
  const gone = await heldCall(socket);
  gone.answered.catch(() => {});
  gone.sent.destroy();
  await until(() => worker.calls().filter(({ refusal }) => refusal === "budget-spent").length === 2);
  expect(asked).toBe(3);
});

test("sessions of one job share what it may spend in a period, also after the worker is started anew", async () => {
  await using directory = temporaryDirectory();
  await using upstream = await startUpstream((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end(usage);
  });
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: upstream.url, secret: null });
  const share = { name: "nightly", tokens: 300, every: "month" } as const;
  const one = await worker.grant("s1", { budget: { job: share } });
  const two = await worker.grant("s2", { budget: { tokens: 10_000, job: share } });
  expect((await call(one)).status).toBe(200);
  expect((await call(two)).status).toBe(200);
  const refused = { status: 402, code: "budget-spent" };
  expect(await call(one)).toMatchObject(refused);
  await worker.replace();
  expect(await call(await worker.grant("s2", { budget: { tokens: 10_000, job: share } }))).toMatchObject(refused);
  // Sessions of another job, and of none, are not among them.
  const other = await worker.grant("s3", { budget: { job: { ...share, name: "hourly" } } });
  expect((await call(other)).status).toBe(200);
  expect((await call(await worker.grant("s4"))).status).toBe(200);
  // What a person allows counts for the period that it was said in.
  const allow = (period: string) =>
    writeFileSync(grantPath(worker.directory, jobKey(share)), JSON.stringify({ v: 1, period, tokens: 1_000 }));
  const again = await worker.grant("s1", { budget: { job: share } });
  allow("2020-01");
  expect(await call(again)).toMatchObject(refused);
  allow(periodOf("month", new Date()));
  expect((await call(again)).status).toBe(200);
  // Of an earlier period nothing is left.
  const spent = JSON.parse(readFileSync(spentPath(worker.directory, jobKey(share)), "utf8")) as Spent;
  expect(spent).toMatchObject({ calls: 3, inputTokens: 480, outputTokens: 120, period: periodOf("month", new Date()) });
  rmSync(grantPath(worker.directory, jobKey(share)));
  writeFileSync(spentPath(worker.directory, jobKey(share)), JSON.stringify({ ...spent, period: "2020-01" }));
  await worker.replace();
  expect((await call(await worker.grant("s1", { budget: { job: share } }))).status).toBe(200);
});
