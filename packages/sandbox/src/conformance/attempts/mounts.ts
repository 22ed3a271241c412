import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgeWays, untried, type Attempt } from "../attempt.ts";
import { readMounts } from "./read-mounts.ts";
import { tryTo } from "./try-to.ts";

const GIBIBYTE = 2 ** 30;
/** Each of a namespace of its own. */
const PRIVATE = ["/tmp", "/proc", "/dev/shm", "/dev/pts"];
const MEMORY = ["tmpfs", "ramfs", "devtmpfs"];
/** What programs cannot do without, and what gives nothing away. */
const DEVICES = /^(?:null|zero|full|random|urandom|tty|console|ptmx|pts|shm|fd|stdin|stdout|stderr|core)$/;

/** What the filesystem of a session is made of. */
export const MOUNTS: readonly Attempt[] = [
  {
    id: "find-writable-mounts",
    rows: ["A38", "A43"],
    title: "find a filesystem that can be written and is not its own place",
    expected: "everything else is mounted read-only",
    attempt({ targets: { own } }) {
      const allowed = [own.worktree, own.home, ...PRIVATE];
      const others = readMounts().filter(({ point }) => !allowed.includes(point));
      return judgeWays(
        others.map(({ point, writable }) => ({
          way: point,
          through: writable,
          seen: writable ? "writable" : "read-only",
        })),
      );
    },
  },
  {
    id: "fill-memory-with-files",
    rows: ["A46"],
    title: "find a place in memory that files can fill",
    expected: "none holds more than a gibibyte",
    attempt() {
      const places = readMounts().filter(({ type, point }) => MEMORY.includes(type) && canWrite(point));
      if (places.length === 0) return untried("no filesystem in memory can be written");
      return judgeWays(
        places.map(({ point }) => {
          const { blocks, bsize } = statfsSync(point);
          const bytes = blocks * bsize;
          // No blocks at all: nothing is counted.
          return { way: point, through: bytes === 0 || bytes > GIBIBYTE, seen: `${Math.round(bytes / 2 ** 20)} MiB` };
        }),
      );
    },
  },
  {
    id: "find-devices",
    rows: ["A38", "A44"],
    title: "find a device: a disk, the kernel's memory, a virtual machine",
    expected: "only those that give nothing away",
    attempt() {
      const names = readdirSync("/dev");
      return judgeWays(
        names.map((name) => ({
          way: name,
          through: !DEVICES.test(name),
          seen: DEVICES.test(name) ? "harmless" : "there",
        })),
      );
    },
  },
];

function canWrite(point: string): boolean {
  const file = join(point, `escape-pack-${process.pid}`);
  return tryTo(point, () => (writeFileSync(file, ""), rmSync(file))).through;
}
