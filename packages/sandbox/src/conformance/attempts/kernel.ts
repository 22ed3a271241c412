import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { escaped, held, judgeWays, untried, type Attempt, type Inside, type Seen } from "../attempt.ts";
import { ARCHITECTURES } from "../../seccomp/system-calls.ts";
import type { Call } from "../system-calls/elf.ts";
import { makeCalls, nameOf } from "../system-calls/make-calls.ts";
import { CALL_GROUPS } from "./call-groups.ts";
import { isSomebodyElse } from "./find-bystander.ts";
import { tryTo } from "./try-to.ts";

/** Numbers that the filter has no word about. */
const NUMBERS: Readonly<Record<string, Record<"getpid" | "ptrace" | "unshare", number>>> = {
  x64: { getpid: 39, ptrace: 101, unshare: 272 },
  arm64: { getpid: 172, ptrace: 117, unshare: 97 },
};
const NEW_USER = 0x1000_0000;
const SEIZE = 0x4206;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** Virtual machines, the kernel's cryptography, raw packets, Bluetooth. */
const FAMILIES = { vsock: 40, alg: 38, packet: 17, bluetooth: 31 };
/** 32-bit: getpid as Linux has had it from the beginning, and getpid of x32. */
const OLD_GETPID = 20;
const X32 = 0x4000_0000;

/** What each says holds for the whole machine: the program that is handed dumps, the one that loads modules, who may what. */
const SETTINGS = ["kernel/core_pattern", "kernel/modprobe", "kernel/hotplug", "kernel/sysrq", "fs/suid_dumpable"];

/** What the kernel lets it ask for. */
export const KERNEL: readonly Attempt[] = [
  {
    id: "keep-privileges",
    rows: ["A44"],
    title: "have a capability, or gain one from a program that runs as root",
    expected: "no capability, and none to be had",
    attempt() {
      const status = readFileSync("/proc/self/status", "utf8");
      const value = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1] ?? "unknown";
      const wanted = {
        NoNewPrivs: /^1$/,
        CapEff: /^0+$/,
        CapPrm: /^0+$/,
        CapBnd: /^0+$/,
        CapInh: /^0+$/,
        CapAmb: /^0+$/,
      };
      return judgeWays(
        Object.entries(wanted).map(([name, good]) => ({
          way: name,
          through: !good.test(value(name)),
          seen: good.test(value(name)) ? "as it should be" : value(name),
        })),
      );
    },
  },
  {
    id: "change-kernel-settings",
    rows: ["A44"],
    title: "change a setting of the kernel, such as the program that it starts as root when another crashes",
    expected: "not to be opened for writing",
    attempt: () => judgeWays(SETTINGS.map((name) => tryTo(name, () => closeSync(openSync(`/proc/sys/${name}`, "r+"))))),
  },
  {
    id: "make-user-namespace",
    rows: ["A44"],
    title: "make a user namespace, in which it would have every capability",
    expected: "refused",
    attempt: (inside) => callOne(inside, ({ unshare }) => ({ number: unshare, arguments: [NEW_USER] })),
  },
  {
    id: "mount",
    rows: ["A44"],
    title: "mount a filesystem",
    expected: "refused",
    attempt(inside) {
      const place = join(homeOf(inside), "escape-mounted");
      mkdirSync(place, { recursive: true });
      try {
        const { mount = -1, umount2 = -1 } = ARCHITECTURES[process.arch]?.refused ?? {};
        return call(inside, [
          { number: mount, arguments: ["none", place, "tmpfs", 0, 0] },
          // Taken away at once where it worked.
          { number: umount2, arguments: [place, 0] },
        ]);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
  },
  {
    id: "trace-outside",
    rows: ["A44"],
    title: "trace a process outside, and so become it",
    expected: "no such process",
    attempt(inside) {
      const { pid } = inside.targets.bystander;
      if (isSomebodyElse(inside.targets)) return held("that number is another process here");
      return callOne(inside, ({ ptrace }) => ({ number: ptrace, arguments: [SEIZE, pid, 0, 0] }));
    },
  },
  ...Object.entries(CALL_GROUPS).map(([id, { title, calls }]): Attempt => ({
    id,
    rows: ["A44"],
    title,
    expected: "refused before the kernel looks at it",
    attempt(inside) {
      const { refused = {} } = ARCHITECTURES[process.arch] ?? {};
      // With arguments that no kernel takes.
      return reach(
        inside,
        calls.map((name): [string, Call] => [name, { number: refused[name] ?? -1, arguments: [-1, -1, -1, -1] }]),
      );
    },
  })),
  {
    id: "type-into-terminal",
    rows: ["A44"],
    title: "put characters into a terminal's input, as if somebody had typed them",
    expected: "refused before the kernel looks at it",
    attempt(inside) {
      const { ioctl = -1 } = ARCHITECTURES[process.arch] ?? {};
      return reach(inside, [
        ["TIOCSTI", { number: ioctl, arguments: [-1, TIOCSTI, 0] }],
        ["TIOCLINUX", { number: ioctl, arguments: [-1, TIOCLINUX, 0] }],
      ]);
    },
  },
  {
    id: "open-other-sockets",
    rows: ["A39", "A44"],
    title: "open sockets that know no network namespace, or that few programs have ever needed",
    expected: "refused before the kernel looks at it",
    attempt(inside) {
      const { socket = -1 } = ARCHITECTURES[process.arch] ?? {};
      return reach(
        inside,
        Object.entries(FAMILIES).map(([name, family]) => [name, { number: socket, arguments: [family, 1, 0] }]),
      );
    },
  },
  {
    id: "call-as-another-machine",
    rows: ["A44"],
    title: "call the kernel as a 32-bit program does, under other numbers",
    expected: "refused before the kernel looks at it",
    attempt(inside) {
      if (process.arch !== "x64") return held("this processor has no such way");
      const old = makeCalls([{ number: OLD_GETPID, arguments: [] }], { directory: homeOf(inside), old: true });
      const x32 = makeCalls([{ number: X32 + 39, arguments: [] }], { directory: homeOf(inside) });
      if (x32 === null) return untried(NO_CALLS);
      return judgeWays([
        // It was ended for trying: the kernel does not have it.
        { way: "i386", ...(old === null ? { through: false, seen: "not there" } : tell(old[0] ?? 0)) },
        { way: "x32", ...tell(x32[0] ?? 0) },
      ]);
    },
  },
];

const NO_CALLS = "no system call can be made by number here";

function homeOf({ targets: { own } }: Inside): string {
  return own.home ?? own.worktree;
}

/** Each must be refused, by whoever it is. */
function call(inside: Inside, calls: readonly Call[]): Seen {
  const answers = makeCalls(calls, { directory: homeOf(inside) });
  if (answers === null) return untried(NO_CALLS);
  const through = answers.some((answer) => answer >= 0);
  return through ? escaped("it was done") : held([...new Set(answers.map(nameOf))].join(", "));
}

function callOne(inside: Inside, choose: (numbers: (typeof NUMBERS)[string]) => Call): Seen {
  const numbers = NUMBERS[process.arch];
  return numbers === undefined ? untried(NO_CALLS) : call(inside, [choose(numbers)]);
}

/** Each must be refused before its arguments are looked at, which are wrong. */
function reach(inside: Inside, calls: readonly (readonly [string, Call])[]): Seen {
  const answers = makeCalls(
    calls.map(([, each]) => each),
    { directory: homeOf(inside) },
  );
  if (answers === null || calls.some(([, { number }]) => number === -1)) return untried(NO_CALLS);
  return judgeWays(calls.map(([way], index) => ({ way, ...tell(answers[index] ?? 0) })));
}

function tell(answer: number): { through: boolean; seen: string } {
  const name = nameOf(answer);
  return { through: !["EPERM", "EACCES", "ENOSYS"].includes(name), seen: name };
}
