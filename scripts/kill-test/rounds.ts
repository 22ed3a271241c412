import { derivedMessageId, sendMessage, stateRoot, type StateRoot } from "@harness/core";
import { setTimeout as sleep } from "node:timers/promises";
import { createDispatcher } from "./dispatcher.ts";
import { readHistory } from "./history.ts";
import { brokenPromises } from "./invariants.ts";
import { killAgent, leftoverProcesses, liveAgents } from "./processes.ts";

export interface KillTestOptions {
  home: string;
  sessions: number;
  messages: number;
  kills: number;
  seed: number;
  onProgress?(line: string): void;
}

export interface KillReport {
  seed: number;
  accepted: number;
  handled: number;
  givenUp: number;
  agentKills: number;
  dispatcherKills: number;
  /** Turns that ran more than once, which the promise allows. */
  repeatedTurns: number;
  broken: string[];
}

/** A small generator with a seed (mulberry32), so that a failing round can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Sends messages to live sessions while killing agent processes and the dispatcher, then compares what is left with the promise. */
export async function runKillTest(options: KillTestOptions): Promise<KillReport> {
  const root = stateRoot(options.home);
  const random = seededRandom(options.seed);
  const dispatcher = await createDispatcher(root);
  try {
    const ids = await Promise.all(Array.from({ length: options.sessions }, (_, n) => dispatcher.spawn(`kill-${n}`)));
    const accepted = new Map<string, string[]>(ids.map((id) => [id, []]));
    const report = { seed: options.seed, agentKills: 0, dispatcherKills: 0 };
    const broken: string[] = [];
    let sending = true;

    const senders = ids.map(async (id, n) => {
      const count = Math.floor(options.messages / ids.length) + (n < options.messages % ids.length ? 1 : 0);
      for (let index = 0; index < count; index++) {
        const message = `m-${n}-${index}`;
        await sendMessage(root.session(id), { kind: "prompt", body: { text: message }, id: message });
        accepted.get(id)?.push(message);
        await sleep(random() * 20);
      }
    });
    const killing = (async () => {
      while (report.agentKills + report.dispatcherKills < options.kills) {
        if (!sending && isQuiet(root, ids, accepted)) return;
        await sleep(20 + random() * 180);
        const id = ids[Math.floor(random() * ids.length)];
        if (id === undefined) continue;
        broken.push(
          ...(await liveAgents(root, ids))
            .filter(({ count }) => count > 1)
            .map((x) => `${x.session}: ${x.count} agent processes at once`),
        );
        if (random() < 0.2) {
          await dispatcher.killAndRestart();
          report.dispatcherKills += 1;
        } else if (killAgent(root.session(id))) {
          report.agentKills += 1;
        } else {
          // Between two lives. Half of the time the person is quicker than the back-off.
          if (random() < 0.5) await dispatcher.resume(id);
          continue;
        }
        const kills = report.agentKills + report.dispatcherKills;
        if (kills % 50 === 0)
          options.onProgress?.(`${kills} kills, ${handled(root, ids)} of ${options.messages} messages handled`);
      }
    })();
    await Promise.all(senders);
    sending = false;
    await killing;
    await Promise.all(ids.map((id) => dispatcher.resume(id)));
    await waitUntilQuiet(() => isQuiet(root, ids, accepted));

    const histories = ids.map((id) => readHistory(root.session(id), id, accepted.get(id) ?? []));
    for (const history of histories)
      broken.push(...brokenPromises(history, (message) => derivedMessageId(history.session, message, 0)));
    await dispatcher.stop();
    broken.push(...leftoverProcesses(root.path).map((line) => `left alive: ${line}`));
    return {
      ...report,
      accepted: histories.reduce((sum, history) => sum + history.accepted.length, 0),
      handled: histories.reduce((sum, history) => sum + history.done.length, 0),
      givenUp: histories.reduce((sum, history) => sum + history.bad.length, 0),
      repeatedTurns: histories.reduce(
        (sum, history) => sum + history.prompted.length - new Set(history.prompted).size,
        0,
      ),
      broken: [...new Set(broken)],
    };
  } finally {
    await dispatcher.stop();
  }
}

const SETTLE_LIMIT_MS = 180_000;

/** Waits, with nothing killed any more, until every accepted message is done or given up; the invariants say so if not. */
async function waitUntilQuiet(quiet: () => boolean): Promise<void> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  while (!quiet() && performance.now() < deadline) await sleep(200);
}

function isQuiet(root: StateRoot, ids: string[], accepted: Map<string, string[]>): boolean {
  return ids.every((id) => {
    const history = readHistory(root.session(id), id, accepted.get(id) ?? []);
    const finished = new Set([...history.done, ...history.bad]);
    return history.claimed.length === 0 && history.accepted.every((message) => finished.has(message));
  });
}

function handled(root: StateRoot, ids: string[]): number {
  return ids.reduce((sum, id) => sum + readHistory(root.session(id), id, []).done.length, 0);
}
