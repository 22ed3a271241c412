// Has a session meet its limits, and writes down what came of it: <directory> <file for what was seen> <sandbox>.
// A program of its own, because the control group of a session is made beside that of whoever starts its agent process.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { testSession, type TestSession } from "../agent-process.ts";

const LIMITS = { processes: 60, memoryBytes: 96 * 1024 ** 2 };
const PATIENCE_MS = 120_000;
const LOOK_MS = 100;

export interface Seen {
  readonly limits: unknown;
  /** Of the kernel, while far more processes were wanted than there may be: how many it counted, and refused. */
  readonly counted: number;
  readonly refused: number;
  /** One process that takes more than all of the session may have. */
  readonly hog: string;
  /** Many that each take less than one of them may, and how many of them the kernel ended. */
  readonly ended: number;
  readonly afterwards: string;
  /** Names in the group of whoever left it to us, once the session's process has ended. */
  readonly left: readonly string[];
}

const [root = "", file = "", sandbox = "none"] = process.argv.slice(2);
const own = /^0::(\/.+)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
const above = join("/sys/fs/cgroup", dirname(own));

const groupsOf = ({ id }: TestSession) =>
  own === "/" || !existsSync(above) ? [] : readdirSync(above).filter((name) => name.startsWith(`harness-${id}`));

function readGroup(session: TestSession, name: string, key?: string): number {
  const [group] = groupsOf(session);
  try {
    const text = readFileSync(join(above, group ?? "", name), "utf8");
    return Number(key === undefined ? text : (new RegExp(`^${key} (\\d+)$`, "m").exec(text)?.[1] ?? 0));
  } catch {
    // It went with the last process in it.
    return 0;
  }
}

async function run(session: TestSession, command: string): Promise<string> {
  const message = await session.send(JSON.stringify([{ do: "run", command }]));
  const { body } = await session.reply(message, PATIENCE_MS);
  const { stopReason, text } = body as { stopReason: string; text?: string };
  return `${stopReason}: ${text ?? ""}`;
}

async function play(session: TestSession): Promise<Omit<Seen, "left">> {
  await run(session, "true");
  const { limits } = session.status();
  const nothing = { limits, counted: 0, refused: 0, hog: "", ended: 0, afterwards: "" };
  // What each process may have is tried elsewhere, and is more than all of a small machine.
  if (own === "/") return nothing;
  let counted = 0;
  let refused = 0;
  const look = setInterval(() => {
    counted = Math.max(counted, readGroup(session, "pids.current"));
    refused = Math.max(refused, readGroup(session, "pids.events", "max"));
  }, LOOK_MS);
  // Each process of it makes two and stays, as long as the first one.
  await run(session, "sleep 2 & first=$!; (b() { b & b & exec sleep 300; }; b) >/dev/null 2>&1 & wait $first");
  clearInterval(look);
  // It looks for the end of a line that has none.
  const hog = await run(session, "tail /dev/zero");
  // Each fills its block, and nobody takes it.
  const one = "dd if=/dev/zero bs=24M count=1 2>/dev/null | sleep 2";
  const watch = setInterval(() => (ended = Math.max(ended, readGroup(session, "memory.events", "oom_kill"))), LOOK_MS);
  let ended = 0;
  await run(session, `for n in 1 2 3 4 5 6; do ${one} & done; wait; true`);
  clearInterval(watch);
  return { limits, counted, refused, hog, ended, afterwards: await run(session, "true") };
}

const session = await testSession({ root, spec: { sandbox, limits: LIMITS } });
const { child, exit } = await session.run();
const seen = await play(session);
child.kill("SIGTERM");
await exit;
writeFileSync(file, JSON.stringify({ ...seen, left: groupsOf(session) } satisfies Seen));
await session[Symbol.asyncDispose]();
