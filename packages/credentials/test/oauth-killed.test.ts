// Whatever moment takes the worker away, the login on the disk is the pair before or the pair after, whole.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call, open } from "./calls.ts";
import { placeLogin, startOAuthServer, type OAuthServer } from "./oauth-server.ts";
import { startWorker, type RunningWorker } from "./running-worker.ts";

const strace = requireTool("strace");

async function begin(path: string) {
  const server = await startOAuthServer();
  const before = server.pair;
  const { read, ...login } = placeLogin(path, server.login());
  const worker = await startWorker(path, { wire: "anthropic", baseUrl: server.url, ...login });
  const socket = await worker.grant("s1");
  return { server, before, read, worker, socket };
}

/** A call whose worker is killed in the middle of it. */
async function lose(socket: string, worker: RunningWorker): Promise<void> {
  const sent = open(socket);
  sent.on("error", () => {});
  sent.end("{}");
  if (worker.child.signalCode === null) await once(worker.child, "exit");
  expect(worker.child.signalCode).toBe("SIGKILL");
}

/** After it, a new worker either goes on or says that a person is needed; nothing is lost in silence. */
async function expectClear(begun: Awaited<ReturnType<typeof begin>>, outcome: "ready" | "needs-login"): Promise<void> {
  const { server, before, read, worker } = begun;
  const left = read();
  expect([before.refresh, server.pair.refresh]).toContain(left.login.refreshToken);
  server.onStage = () => {};
  await worker.replace();
  const answer = await call(await worker.grant("s1"));
  expect({ status: answer.status, code: answer.code, state: read().state }).toEqual(
    outcome === "ready"
      ? { status: 200, code: undefined, state: "ready" }
      : { status: 401, code: "needs-login", state: "needs-login" },
  );
  // What was sealed is a pair in any case.
  expect([before.refresh, server.pair.refresh]).toContain(read().login.refreshToken);
}

const never = new Promise<never>(() => {});
const killAt = (stage: "asked" | "rotated", { server, worker }: { server: OAuthServer; worker: RunningWorker }) =>
  (server.onStage = (reached) => {
    if (reached !== stage) return;
    worker.child.kill("SIGKILL");
    return never;
  });

test.each([
  ["before the provider gives another pair", "asked", "ready"],
  ["when the provider has, and before it says so", "rotated", "needs-login"],
] as const)("killed %s", async (_when, stage, outcome) => {
  await using directory = temporaryDirectory();
  const begun = await begin(directory.path);
  await using _server = begun.server;
  await using _worker = begun.worker;
  killAt(stage, begun);
  await lose(begun.socket, begun.worker);
  expect(begun.read()).toMatchObject({ state: "ready", generation: 0 });
  await expectClear(begun, outcome);
});

async function inject(worker: RunningWorker, fault: string): Promise<void> {
  const tracer = spawn(
    "strace",
    ["-f", "-p", String(worker.child.pid), "-e", "trace=pwrite64,fsync,rename", "-e", fault],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  tracer.stderr.resume();
  await once(tracer.stderr, "data");
}

test.skipIf(!strace).each([
  ["its first byte", "pwrite64:signal=KILL:when=1", "needs-login"],
  ["the flush of the new file", "fsync:signal=KILL:when=1", "needs-login"],
  ["the rename", "rename:signal=KILL:when=1", "needs-login"],
  ["the flush of the directory", "fsync:signal=KILL:when=2", "ready"],
] as const)("killed while the new pair is written, at %s", async (_what, fault, outcome) => {
  await using directory = temporaryDirectory();
  const begun = await begin(directory.path);
  await using _server = begun.server;
  await using _worker = begun.worker;
  await inject(begun.worker, `inject=${fault}`);
  await lose(begun.socket, begun.worker);
  expect(begun.server.rotated).toBe(1);
  // Nobody was asked anything with a pair that could have been lost.
  expect(begun.server.calls).toEqual([]);
  await expectClear(begun, outcome);
});

test.skipIf(!strace)("a disk that takes no new pair loses none: it is kept until the disk takes it", async () => {
  await using directory = temporaryDirectory();
  const begun = await begin(directory.path);
  await using _server = begun.server;
  await using _worker = begun.worker;
  await inject(begun.worker, "inject=fsync:error=ENOSPC:when=1");
  expect(await call(begun.socket)).toMatchObject({ status: 503, code: "key-unavailable" });
  expect(begun.read()).toMatchObject({ generation: 0 });
  expect(readdirSync(directory.path).filter((name) => name.startsWith("."))).toEqual([]);
  await until(async () => (await call(begun.socket)).status === 200);
  expect(begun.read()).toMatchObject({ generation: 1, login: { refreshToken: begun.server.pair.refresh } });
  expect(begun.server.asked).toBe(1);
});

test("a worker that is ended in the middle of a renewal writes the new pair down, and only then ends", async () => {
  await using directory = temporaryDirectory();
  const begun = await begin(directory.path);
  const { server, worker, socket, read } = begun;
  await using _server = server;
  await using _worker = worker;
  const reached = new Set<string>();
  let goOn = () => {};
  server.onStage = (stage) => {
    reached.add(stage);
    return stage === "rotated" ? new Promise<void>((resolve) => (goOn = resolve)) : undefined;
  };
  const sent = open(socket);
  const cut = once(sent, "error");
  sent.end("{}");
  await until(() => reached.has("rotated"));
  const exited = once(worker.child, "exit");
  worker.child.kill("SIGTERM");
  // Nobody is answered any more, and it waits for the pair.
  await cut;
  await expect(call(socket)).rejects.toThrow(/ENOENT|ECONNREFUSED|ECONNRESET/);
  expect([worker.child.exitCode, read().generation]).toEqual([null, 0]);
  goOn();
  expect(await exited).toEqual([0, null]);
  expect(read()).toMatchObject({ state: "ready", generation: 1, login: { refreshToken: server.pair.refresh } });
  await expectClear(begun, "ready");
});

test("a worker with no renewal under way ends at once", async () => {
  await using directory = temporaryDirectory();
  const { server, worker } = await begin(directory.path);
  await using _server = server;
  await using _worker = worker;
  const began = performance.now();
  worker.child.kill("SIGTERM");
  expect(await once(worker.child, "exit")).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test.skipIf(!strace)("a worker that is ended while the disk takes no new pair tries until it does", async () => {
  await using directory = temporaryDirectory();
  const begun = await begin(directory.path);
  await using _server = begun.server;
  await using _worker = begun.worker;
  await inject(begun.worker, "inject=fsync:error=ENOSPC:when=1..3");
  expect(await call(begun.socket)).toMatchObject({ status: 503, code: "key-unavailable" });
  const exited = once(begun.worker.child, "exit");
  begun.worker.child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  expect(begun.read()).toMatchObject({ generation: 1, login: { refreshToken: begun.server.pair.refresh } });
});
