import { sendMessage, waitForReply } from "@harness/core";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, type Figure } from "./figure.ts";
import { pssMiB, startEmptyNode, stopAll, time } from "./processes.ts";
import { createIdleSession, startAgent, startSessions } from "./sessions.ts";

const PROCESSES = 10;
const MESSAGES = 1000;
const REST_MS = 30_000;
const FRESH_REST_MS = 15_000;
const TOGETHER = 100;

/** Memory of an idle agent process, fresh and after work, and a hundred started at once. */
export async function measureMemory(scratch: string): Promise<Figure[]> {
  const empty = await Promise.all(Array.from({ length: PROCESSES }, startEmptyNode));
  const live = await startSessions(join(scratch, "memory"), PROCESSES);
  await sleep(FRESH_REST_MS);
  const emptyPss = median(empty.map(({ pid }) => pssMiB(pid!)));
  const freshPss = median(live.map(({ child }) => pssMiB(child.pid!)));

  const [worker] = live;
  if (!worker) throw new Error("No session to send to.");
  for (let index = 0; index < MESSAGES; index++) {
    const { id } = await sendMessage(worker.paths, { kind: "prompt", body: { text: `message ${index}` } });
    await waitForReply(worker.paths, id, { timeoutMs: 30_000 });
  }
  await sleep(REST_MS);
  const workedPss = pssMiB(worker.child.pid!);
  await stopAll([...empty, ...live.map(({ child }) => child)]);

  const against = { name: "empty Node process", value: emptyPss };
  return [
    { name: "PSS of an idle agent process", value: freshPss, unit: "MiB", against, limit: 1.35 },
    { name: `PSS 30 s after ${MESSAGES} messages`, value: workedPss, unit: "MiB", against, limit: 1.35 },
    await measureTogether(scratch),
  ];
}

async function measureTogether(scratch: string): Promise<Figure> {
  const ids = Array.from({ length: TOGETHER }, (_, n) => `together-${n}`);
  const paths = await Promise.all(ids.map((id) => createIdleSession(join(scratch, "together"), id)));

  let empty: Awaited<ReturnType<typeof startEmptyNode>>[] = [];
  const bare = await time(async () => void (empty = await Promise.all(ids.map(startEmptyNode))));
  await stopAll(empty);

  let agents: Awaited<ReturnType<typeof startAgent>>[] = [];
  const all = await time(async () => void (agents = await Promise.all(ids.map((id, n) => startAgent(paths[n]!, id)))));
  await stopAll(agents.map(({ child }) => child));
  return {
    name: `${TOGETHER} agent processes started together, all ready`,
    value: all,
    unit: "ms",
    against: { name: `${TOGETHER} empty Node processes`, value: bare },
    limit: 3,
  };
}
