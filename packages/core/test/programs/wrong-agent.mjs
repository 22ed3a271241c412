// An agent process as one writes it who has not read the protocol: it polls, reads what is there, runs it and forgets it.
// With --lock it at least lives by the rules: it holds .lock and says who it is.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock, identifyProcess } from "../../dist/index.js";

const directory = process.env.HARNESS_STATE;
const [file, ...parameters] = process.argv.slice(process.argv.indexOf("--") + 1);
const write = (name, value) => writeFileSync(join(directory, name), JSON.stringify(value));
const session = process.argv[process.argv.indexOf("--session") + 1];
const now = () => new Date().toISOString();

mkdirSync(join(directory, "inbox"), { recursive: true });
mkdirSync(join(directory, "outbox"), { recursive: true });
// A pid in a file is not a lock.
writeFileSync(join(directory, ".lock"), String(process.pid));
const lock = process.argv.includes("--lock") ? await acquireLock(join(directory, ".lock")) : null;
// Its own idea of a context replaces the person's.
write("context.json", { v: 1, goal: "my own", plan: [] });
write("status.json", {
  v: 1,
  session,
  state: "open",
  agent: "running",
  process: { ...identifyProcess(), lockFd: lock?.fd ?? 0 },
  turn: null,
  turns: 0,
  waiting: [],
  startedAt: now(),
  updatedAt: now(),
});
setInterval(() => {
  for (const name of readdirSync(join(directory, "inbox")).filter((entry) => entry.endsWith(".msg"))) {
    const path = join(directory, "inbox", name);
    const input = readFileSync(path, "utf8");
    rmSync(path);
    const text = execFileSync(file, parameters, { input, encoding: "utf8" });
    const id = `reply-${Math.random().toString(36).slice(2)}`;
    const reply = {
      v: 1,
      id,
      kind: "reply",
      replyTo: name.slice(0, -4),
      createdAt: now(),
      body: { text, stopReason: "end_turn" },
    };
    writeFileSync(join(directory, "outbox", `${id}.msg`), JSON.stringify(reply));
  }
}, 100);
