import { readFileSync } from "node:fs";
import { request } from "node:http";
import { isSameProcess, signalProcess, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { shortSocketPath, spentPath, type Spent } from "@harness/credentials";
import { expect, test } from "vitest";
import { runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";
import { cloud, ended, says, spawnPi, startModel, withKey } from "./testing/cloud.ts";
import { readWorker } from "./worker-record.ts";

const SESSIONS = 20;
const KILLS = 5;
const BACK_MS = 2_000;

/** One call; the status, or why there was none. */
function callOnce(socket: string, key: string): Promise<number | string> {
  return new Promise((resolve) => {
    const place = shortSocketPath(socket);
    const headers = { host: "localhost", "x-api-key": key };
    const sent = request({ socketPath: place.path, method: "POST", path: "/v1/messages", headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
      answer.once("error", () => resolve("cut"));
    });
    sent.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    sent.once("close", place.release);
    sent.end(JSON.stringify({ model: "m", stream: true, max_tokens: 9, messages: [{ role: "user", content: "hi" }] }));
  });
}

test("a worker that is killed under load is back within two seconds, no session starts anew, and no budget is lost", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here it is, in a few words that take their time."));
  const config = cloud(model.url, ", keyEnv: CLOUD_KEY, budget: { tokens: 100000000 }");
  await using dispatcher = await runDispatcher(root, { config, environment: withKey });
  const { context } = dispatcher;
  const { id, pid } = await spawnPi(dispatcher);
  await ended(dispatcher, id);
  const { directory } = root.workerOf("cloud");
  const spentBy = (session: string) => JSON.parse(readFileSync(spentPath(directory, session), "utf8")) as Spent;

  const names = Array.from({ length: SESSIONS }, (_, n) => `load-${n}`);
  const answered = new Map(names.map((name) => [name, 0]));
  const failures = new Set<number | string>();
  let isOver = false;
  const load = names.map(async (session) => {
    const wanted = { ...context.wanted.get(id)!, session };
    const granted = await context.credentials.grant(wanted);
    await granted.keep();
    const { HARNESS_MODEL_SOCKET: socket = "", HARNESS_WORKER_KEY: key = "" } = granted.variables;
    while (!isOver) {
      const outcome = await callOnce(socket, key);
      if (outcome === 200) answered.set(session, (answered.get(session) ?? 0) + 1);
      else failures.add(outcome);
      if (outcome !== 200) await systemClock.sleep(20);
    }
  });
  const total = () => [...answered.values()].reduce((sum, count) => sum + count, 0);
  await until(() => [...answered.values()].every((count) => count > 0), { timeoutMs: 30_000 });

  const back: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const worker = readWorker(root, "cloud")!;
    const before = new Map(names.map((name) => [name, spentBy(name)]));
    signalProcess(worker, "SIGKILL");
    const begun = performance.now();
    await until(() => !isSameProcess(worker) && readWorker(root, "cloud") !== null);
    // Each session may still read one answer of the old one's.
    const known = total() + SESSIONS;
    await until(() => total() > known, { timeoutMs: 20_000, what: "somebody is answered" });
    back.push(performance.now() - begun);
    for (const name of names) {
      // Read in the middle of it all, each is whole, and no smaller than it was.
      const { calls, inputTokens, outputTokens } = spentBy(name);
      const last = before.get(name)!;
      expect(calls).toBeGreaterThanOrEqual(last.calls);
      expect(inputTokens + outputTokens).toBeGreaterThanOrEqual(last.inputTokens + last.outputTokens);
    }
  }
  isOver = true;
  await Promise.all(load);
  for (const took of back) expect(took).toBeLessThan(BACK_MS);
  // Every answer that anybody had is counted.
  for (const [name, count] of answered) expect(spentBy(name).statuses["200"]).toBeGreaterThanOrEqual(count);
  // Nothing but a worker that is not there, which the relay tells as an error to try again.
  for (const failure of failures) expect(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "cut"]).toContain(failure);
  expect(context.supervisor.look(id)).toMatchObject({ pid, badge: "idle" });
  for (const name of names) await context.credentials.forget(name);
});
