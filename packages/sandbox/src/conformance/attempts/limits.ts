import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { escaped, held, judgeWays, untried, type Attempt, type Seen } from "../attempt.ts";
import { makeCalls, nameOf } from "../system-calls/make-calls.ts";
import { tryTo } from "./try-to.ts";

/** Writable, private, nobody's file, and not counted before it is used: asked for, it takes nothing of the machine. */
const MMAP: Readonly<Record<string, number>> = { x64: 9, arm64: 222 };
const WRITABLE = 3;
const PRIVATE = 0x4022;
/** More than any machine has, so that a limit of half a machine's memory refuses it. */
const MEMORY_BYTES = 2 ** 42;
const BLOCK_BYTES = 2 ** 26;
/** By so much more than its limit, where somebody looks at what is used. */
const BEYOND_MEMORY = 1.25;
const USE_MS = 8_000;

/** A limit for root counts numbers, of which the kernel keeps 300 back. */
const BEYOND = 400;

/** What it may take of the machine, and leave on it. */
export const LIMITS: readonly Attempt[] = [
  {
    id: "dump-memory",
    rows: ["A35"],
    title: "leave its memory, with what is in it, in a file by crashing",
    expected: "no dump is written, whatever it asks for",
    attempt() {
      const row = /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
      if (row === null) return untried("the limits cannot be read");
      return row[2] === "0" ? held("a dump may have 0 bytes") : escaped(`a dump may have ${row[2]} bytes`);
    },
  },
  {
    id: "fork-without-end",
    needs: "session",
    rows: ["A46"],
    title: "start many more processes than it may have",
    expected: "the kernel starts no more",
    async attempt({ targets: { own } }) {
      if (own.limits?.processes === undefined) return untried("how many it may have is not known");
      const count = own.limits.processes + BEYOND;
      const bomb = `i=0; while [ "$i" -lt ${count} ]; do sleep 30 & i=$((i+1)); done; echo all`;
      const shell = spawn("/bin/sh", ["-c", bomb], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
      let said = "";
      shell.stdout.on("data", (bytes) => void (said += String(bytes)));
      await once(shell, "exit");
      const all = said.includes("all");
      await endGroup(shell.pid ?? 0);
      return all ? escaped(`${count} processes run`) : held(`fewer than ${count} could be started`);
    },
  },
  {
    id: "write-without-end",
    rows: ["A46"],
    title: "make a file larger than it may",
    expected: "the kernel refuses it",
    attempt({ targets: { own } }) {
      const { limits } = own;
      if (limits === undefined) return untried("how large it may be is not known");
      const path = join(own.worktree, "escape-huge");
      const descriptor = openSync(path, "w");
      try {
        // Of holes alone: where it is allowed it takes nothing of the disk.
        return judgeWays([tryTo("the file", () => ftruncateSync(descriptor, limits.fileBytes + 1))]);
      } finally {
        closeSync(descriptor);
        rmSync(path);
      }
    },
  },
  {
    id: "allocate-without-end",
    rows: ["A46"],
    title: "ask for more memory than it may have",
    expected: "the kernel refuses it, or ends who uses it",
    attempt({ targets: { own } }) {
      if (own.limits === undefined) return untried("how much it may have is not known");
      const number = MMAP[process.arch];
      if (number === undefined) return untried("no system call can be made by number here");
      const call = { number, arguments: [0, MEMORY_BYTES, WRITABLE, PRIVATE, -1, 0] };
      const [answer] = makeCalls([call], { directory: own.home ?? own.worktree }) ?? [];
      if (answer === undefined) return untried("no system call can be made by number here");
      // An address in the upper half would be an errno.
      return answer > 0 ? useMemory(own.limits.memoryBytes) : held(nameOf(answer));
    },
  },
];

/** Where a control group counts what is used, anybody may ask: whoever uses more is ended. */
function useMemory(limit: number | undefined): Seen {
  if (limit === undefined) return escaped("it was given");
  const blocks = Math.ceil((limit * BEYOND_MEMORY) / BLOCK_BYTES);
  const use = `const held = []; for (let n = 0; n < ${blocks}; n++) held.push(Buffer.alloc(${BLOCK_BYTES}, 1));`;
  const { signal, status } = spawnSync(process.execPath, ["-e", use], { stdio: "ignore", timeout: USE_MS });
  if (status === 0) return escaped(`${blocks * BLOCK_BYTES} bytes were given, and used`);
  return signal === "SIGKILL" ? held("who used it was ended") : untried(`it ended with ${signal ?? status}`);
}

/** Kills what is left of it, and waits until others can be started again. */
async function endGroup(pid: number): Promise<void> {
  while (tryTo("the end", () => process.kill(-pid, "SIGKILL")).through) await sleep(20);
}
