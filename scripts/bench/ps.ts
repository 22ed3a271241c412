import { stateRoot } from "@harness/core";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { run, stopAll, time } from "./processes.ts";
import { createIdleSession, startSessions } from "./sessions.ts";
import { startDispatcher } from "./dispatcher.ts";
import { HARNESS } from "./state.ts";

const ROUNDS = 15;
const SESSIONS = 100;

/** The whole of `harness ps` with a hundred sessions, as a person waits for it. */
export async function measurePs(scratch: string): Promise<Figure[]> {
  const home = join(scratch, "ps");
  const root = stateRoot(home);
  mkdirSync(root.sessions, { recursive: true });
  const live = await startSessions(root.sessions, SESSIONS / 2);
  for (let n = 0; n < SESSIONS / 2; n++) await createIdleSession(root.sessions, `resting-${n}`);

  const down = await measure(home);
  const dispatcher = await startDispatcher(home);
  const up = await measure(home);
  await dispatcher.stop();
  await stopAll(live.map(({ child }) => child));

  const against = { name: "empty Node process", value: median(await repeat(() => run(process.execPath, ["-e", "0"]))) };
  return [
    { name: `harness ps, ${SESSIONS} sessions, dispatcher down`, value: down, unit: "ms", against, limit: 3 },
    { name: `harness ps, ${SESSIONS} sessions, dispatcher up`, value: up, unit: "ms", against, limit: 3 },
  ];
}

async function measure(home: string): Promise<number> {
  const env = { PATH: process.env["PATH"], HOME: home, HARNESS_HOME: home };
  const listed = await run(HARNESS, ["ps", "--json"], { env });
  const count = (JSON.parse(listed) as unknown[]).length;
  if (count !== SESSIONS) throw new Error(`harness ps lists ${count} of ${SESSIONS} sessions.`);
  return median(await repeat(() => run(HARNESS, ["ps"], { env })));
}

async function repeat(work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) samples.push(await time(work));
  return samples;
}
