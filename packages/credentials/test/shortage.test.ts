import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call, open, startUpstream } from "./calls.ts";
import { startWorker, WORKER_KEY } from "./running-worker.ts";
import { grantPath, hashKey } from "../src/protocol.ts";

const SECRET = "sk-0123456789abcdef-shortage";

/** Leaves a process so many descriptors to open; null: as many as before. */
function spareDescriptors(pid: number, count: number | null): void {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let lowest = 0;
  let left = count ?? 0;
  while (taken.has(lowest) || left-- > 0) lowest += 1;
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${count === null ? 1000 : lowest}:`]);
}

async function holding(root: string) {
  const answers: ServerResponse[] = [];
  const upstream = await startUpstream((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "text/event-stream" });
    answer.flushHeaders();
    answers.push(answer);
  });
  const limits = { concurrent: 1 };
  const worker = await startWorker(root, { wire: "anthropic", baseUrl: upstream.url, secret: SECRET, limits });
  return { answers, upstream, worker, pid: worker.child.pid! };
}

test("a worker that is out of descriptors cuts no stream, keeps its places, and goes on when there are some", async () => {
  if (!requireTool("prlimit")) return;
  await using directory = temporaryDirectory();
  const { answers, upstream, worker, pid } = await holding(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  const sent = open(await worker.grant("s1"));
  sent.end("{}");
  const [stream] = (await once(sent, "response")) as [IncomingMessage];
  const second = await worker.grant("s2");
  // It waits for the one place.
  const waiting = open(second);
  const cut = once(waiting, "error");
  waiting.end("{}");
  await until(() => openConnections(second) > 0);
  spareDescriptors(pid, 0);
  // A look at the grants comes by itself, and with each change of them.
  writeFileSync(`${grantPath(worker.directory, "s1")}.touched`, "");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect([worker.child.exitCode, stream.destroyed]).toEqual([null, false]);
  answers[0]!.end("data: the last word\n\n");
  let said = "";
  for await (const piece of stream) said += String(piece);
  expect(said).toContain("the last word");
  await cut;
  spareDescriptors(pid, null);
  const again = call(second);
  await until(() => answers.length === 2);
  answers[1]!.end();
  expect((await again).status).toBe(200);
});

test("a session whose socket could not be opened has it when there is a descriptor for it", async () => {
  if (!requireTool("prlimit")) return;
  await using directory = temporaryDirectory();
  const { upstream, worker, pid } = await holding(directory.path);
  await using _upstream = upstream;
  await using _worker = worker;
  spareDescriptors(pid, 0);
  for (const session of ["s1", "s2"])
    writeFileSync(
      grantPath(worker.directory, session),
      JSON.stringify({ v: 1, session, keyHash: hashKey(WORKER_KEY) }),
    );
  spareDescriptors(pid, 1);
  await Promise.race([worker.grant("s1"), worker.grant("s2")]);
  spareDescriptors(pid, null);
  const sockets = await Promise.all(["s1", "s2"].map((session) => worker.grant(session)));
  const answers = await Promise.all(sockets.map((socket) => call(socket, { method: "DELETE" })));
  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
});

test("a worker serves where every inotify instance is taken", async () => {
  if (!requireTool("unshare")) return;
  await using directory = temporaryDirectory();
  const script = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"';
  const before = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"];
  const way = { before, environment: { PATH: process.env["PATH"] ?? "" } };
  await using worker = await startWorker(
    directory.path,
    { wire: "anthropic", baseUrl: "http://127.0.0.1:1", secret: SECRET },
    way,
  );
  expect(await call(await worker.grant("s1"))).toMatchObject({ status: 502, code: "provider-unreachable" });
});

/** How many connections somebody has open at a socket. */
function openConnections(socket: string): number {
  const table = readFileSync("/proc/net/unix", "utf8");
  return table.split("\n").filter((line) => line.includes(socket.slice(-60)) && / 03 /.test(line)).length;
}
