import { spawn } from "node:child_process";
import { readdirSync, readlinkSync, existsSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { escaped, held, judgeWays, unseen, untried, type Attempt } from "../attempt.ts";
import { holdsCanary } from "../canaries.ts";
import { isBystander, isSomebodyElse, readIfThere as read } from "./find-bystander.ts";
import { tryTo } from "./try-to.ts";

const NAMESPACES = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

/** Other processes, and what holds a session's own together. */
export const PROCESSES: readonly Attempt[] = [
  {
    id: "read-processes",
    rows: ["A35", "A38"],
    title: "find a process outside, and read variables and arguments of all that can be seen",
    expected: "no process outside is seen, and no key in any",
    attempt({ targets }) {
      const seen = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
      const texts = seen.map((pid) => `${read(`/proc/${pid}/environ`)}\0${read(`/proc/${pid}/cmdline`)}`);
      if (texts.some((text) => holdsCanary(text, targets.canaries))) return escaped("a key was read");
      if (seen.some((pid) => isBystander(pid, targets))) return escaped("a process outside is seen");
      return held(`${seen.length} processes are seen, none from outside`);
    },
  },
  {
    id: "share-namespaces",
    rows: ["A38", "A39", "A44"],
    title: "be in a namespace of the machine: processes, network, users, messages, names, mounts",
    expected: "each is its own",
    attempt({ targets }) {
      const ways = NAMESPACES.map((name) => {
        const [own, outside] = [link(`/proc/self/ns/${name}`), targets.namespaces[name]];
        const known = own !== null && outside !== undefined;
        const seen = known ? (own === outside ? "the machine's" : "its own") : "unknown";
        return { way: name, through: known && own === outside, seen };
      });
      const judged = judgeWays(ways);
      const unknown = ways.flatMap(({ way, seen }) => (seen === "unknown" ? [way] : []));
      if (judged.verdict === "escaped" || unknown.length === 0) return judged;
      return untried(`whose these are is not to be found out: ${unknown.join(", ")}`);
    },
  },
  {
    id: "share-terminal-session",
    rows: ["A44"],
    title: "be in the terminal session of whoever started it, into whose terminal it could type",
    expected: "a session of its own, with no terminal",
    attempt() {
      const [, , , session, terminal] = (read("/proc/self/stat").split(") ").at(-1) ?? "").split(" ");
      if (session === "0") return escaped("its terminal session began outside");
      return terminal === "0" ? held("a session of its own, with no terminal") : escaped("it has a terminal");
    },
  },
  {
    id: "wake-inspector",
    rows: ["A37"],
    title: "have a Node process outside open its inspector, which runs what it is told",
    expected: "no signal arrives",
    async attempt({ targets }) {
      const { pid, inspector } = targets.bystander;
      if (isSomebodyElse(targets)) return held("that number is another process here");
      const sent = tryTo("the signal", () => process.kill(pid, "SIGUSR1"));
      if (!sent.through) return judgeWays([sent]);
      for (let look = 0; look < 50; look++) {
        if (await answers(inspector)) return escaped("the inspector is open");
        await sleep(20);
      }
      return held("the signal arrived, and the inspector stayed shut");
    },
  },
  {
    id: "signal-outside",
    rows: ["A45"],
    title: "kill a process outside",
    expected: "no signal arrives",
    attempt({ targets }) {
      const { pid } = targets.bystander;
      if (isSomebodyElse(targets)) return held("that number is another process here");
      return judgeWays([tryTo("SIGKILL", () => process.kill(pid, "SIGKILL"))]);
    },
  },
  {
    id: "survive",
    rows: ["A45", "F41"],
    title: "go on after the end, in sessions of their own that ignore signals and have lost their parents",
    expected: "no process is left within a second of the end",
    attempt({ targets, environment }) {
      if (!existsSync("/bin/sh")) return untried("there is no shell");
      if (targets.mark === undefined) return untried("the end of this session is not in our hands");
      const [name = "", value = ""] = targets.mark.split("=");
      const stubborn = `trap "" TERM HUP INT; sleep 1000 & wait; sleep 1000`;
      const child = spawn("/bin/sh", ["-c", `(${stubborn}) & ${stubborn}`], {
        detached: true,
        stdio: "ignore",
        env: { PATH: environment["PATH"] ?? "/usr/bin:/bin", [name]: value },
      });
      child.once("error", () => {});
      child.unref();
      return child.pid === undefined ? untried("nothing can be started") : unseen("they wait for the end");
    },
    witness({ left }) {
      const count = left();
      return count === 0 ? null : `${count} processes live on`;
    },
  },
];

function link(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // No /proc, or a kernel that has no such namespace.
    return null;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
