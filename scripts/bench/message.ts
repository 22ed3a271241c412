import { boxPaths, publishMessage, sendMessage, waitForReply } from "@harness/core";
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readSync, statSync, watch, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median, percentile, type Figure } from "./figure.ts";
import { stopAll, time } from "./processes.ts";
import { startSessions, type LiveSession } from "./sessions.ts";

const COUNTS = [1, 18, 100];
const SAMPLES = 300;
const WARM_UP = 50;
/** Between two samples of any kind, so that each finds the machine at rest: disks and processors take longer to wake. */
const REST_MS = 20;
const BODY = { text: "A prompt of an ordinary length, as a person would type it into a page or a terminal." };

/**
 * From the `send` call until the driver is prompted, as a watcher of the session's log sees it: one wake more than is
 * promised. What a bare publish takes is measured between the messages: a disk has its moods.
 */
export async function measureMessages(scratch: string): Promise<Figure[]> {
  const wake = await measureWake(scratch);
  const p50 = new Map<number, number>();
  const figures: Figure[] = [];
  for (const count of COUNTS) {
    const live = await startSessions(join(scratch, `message-${count}`), count);
    const { samples, publishes } = await sendRoundRobin(live, join(scratch, `publish-${count}`));
    await stopAll(live.map(({ child }) => child));
    const bare = { name: "durable publish plus one wake", value: median(publishes) + wake };
    p50.set(count, median(samples));
    const limit = count === 18 ? 3 : Number.POSITIVE_INFINITY;
    figures.push({
      name: `send to seen, ${count} sessions, p50`,
      value: median(samples),
      unit: "ms",
      against: bare,
      limit,
    });
    figures.push({
      name: `send to seen, ${count} sessions, p99`,
      value: percentile(samples, 0.99),
      unit: "ms",
      against: bare,
      limit: Number.POSITIVE_INFINITY,
    });
  }
  const at18 = { name: "at 18 sessions", value: p50.get(18)! };
  return [
    ...figures,
    { name: "send to seen, 100 sessions, p50", value: p50.get(100)!, unit: "ms", against: at18, limit: 1.2 },
  ];
}

async function sendRoundRobin(live: LiveSession[], plain: string): Promise<{ samples: number[]; publishes: number[] }> {
  mkdirSync(plain, { recursive: true });
  const box = boxPaths(join(plain, "inbox"));
  const watchers = live.map(({ paths }) => watchPrompts(paths.events));
  const samples: number[] = [];
  const publishes: number[] = [];
  for (let index = 0; index < WARM_UP + SAMPLES; index++) {
    const publish = await measurePublish(box, `p-${index}`);
    await sleep(REST_MS);
    const { paths } = live[index % live.length]!;
    const watcher = watchers[index % live.length]!;
    const id = `bench-message-${index}`;
    const seen = watcher.next(id);
    const start = performance.now();
    await sendMessage(paths, { kind: "prompt", body: BODY, id });
    const seenAt = await seen;
    if (index >= WARM_UP) samples.push(seenAt - start);
    if (index >= WARM_UP) publishes.push(publish);
    await waitForReply(paths, id, { timeoutMs: 30_000 });
    await sleep(REST_MS);
  }
  for (const watcher of watchers) watcher.close();
  return { samples, publishes };
}

/** Says when a session's log first tells of the turn of a message. */
function watchPrompts(path: string) {
  let wanted: { mark: string; resolve(at: number): void } | null = null;
  const descriptor = openSync(path, "r");
  let offset = statSync(path).size;
  let tail = "";
  const look = () => {
    const buffer = Buffer.alloc(65_536);
    const length = readSync(descriptor, buffer, 0, buffer.length, offset);
    offset += length;
    tail = (tail + buffer.toString("utf8", 0, length)).slice(-8192);
    if (!wanted || !tail.split("\n").some((line) => line.includes('"turn.started"') && line.includes(wanted!.mark)))
      return;
    wanted.resolve(performance.now());
    wanted = null;
  };
  const watcher = watch(path, look);
  return {
    next: (message: string) => new Promise<number>((resolve) => (wanted = { mark: `"${message}"`, resolve })),
    close: () => {
      watcher.close();
      closeSync(descriptor);
    },
  };
}

function measurePublish(box: ReturnType<typeof boxPaths>, id: string): Promise<number> {
  const envelope = { v: 1, id, kind: "prompt", createdAt: new Date().toISOString(), body: BODY };
  const bytes = Buffer.from(JSON.stringify(envelope));
  return time(() => publishMessage(box, { id, bytes }));
}

const ECHO = `
const { watch, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(1);
let count = 0;
watch(from, (kind, name) => { if (kind === "rename") writeFileSync(to + "/" + name, ""); });
process.stdout.write("ready\\n");
`;

/** Half of a round trip between two processes that watch a directory each. */
async function measureWake(scratch: string): Promise<number> {
  const [there, back] = [join(scratch, "wake-there"), join(scratch, "wake-back")];
  for (const path of [there, back]) mkdirSync(path, { recursive: true });
  const echo = spawn(process.execPath, ["-e", ECHO, there, back], { stdio: ["ignore", "pipe", "inherit"] });
  await once(echo.stdout, "data");
  let answered: (name: string | null) => void = () => {};
  const watcher = watch(back, (_, name) => answered(name));
  const samples: number[] = [];
  for (let index = 0; index < WARM_UP + SAMPLES; index++) {
    const name = `wake-${index}`;
    await sleep(REST_MS);
    const answer = new Promise<void>((resolve) => (answered = (seen) => seen === name && resolve()));
    const took = await time(async () => {
      writeFileSync(join(there, name), "");
      await answer;
    });
    if (index >= WARM_UP) samples.push(took / 2);
  }
  watcher.close();
  await stopAll([echo]);
  return median(samples);
}
