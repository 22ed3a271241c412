import { linkSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { errorCode, escaped, held, judgeWays, untried, type Attempt } from "../attempt.ts";
import { readPaths } from "./read-paths.ts";

/** Reading what is somebody else's. */
export const FILES: readonly Attempt[] = [
  {
    id: "read-own-records",
    rows: ["A34", "A38"],
    title: "read the token and the records of its own session",
    expected: "not there",
    attempt({ targets: { records } }) {
      return records ? readPaths(records.files) : untried("no records are known");
    },
  },
  {
    id: "read-other-session",
    rows: ["A38"],
    title: "read another session's token, records and worktree",
    expected: "not there",
    attempt({ targets: { other, own } }) {
      if (!other) return untried("no other session is known");
      return readPaths([...other.files, other.directory, relative(own.worktree, other.directory)]);
    },
  },
  {
    id: "read-state-of-dispatcher",
    rows: ["A35", "A38"],
    title: "read stored keys, settings, sockets and the list of sessions",
    expected: "not there",
    attempt({ targets: { state } }) {
      return state.length > 0 ? readPaths(state) : untried("none is known");
    },
  },
  {
    id: "read-home-of-person",
    rows: ["A17", "A38"],
    title: "read the person's keys, settings and repository",
    expected: "not there",
    attempt({ targets: { person } }) {
      return readPaths([person.directory, ...person.files]);
    },
  },
  {
    id: "read-through-link",
    rows: ["A04", "A38"],
    title: "read what is not its own through a link in its worktree",
    expected: "the link leads nowhere",
    attempt({ targets: { own, other, person } }) {
      const target = other?.files[0] ?? person.files[0] ?? person.directory;
      const [soft, hard] = [join(own.worktree, "escape-soft"), join(own.worktree, "escape-hard")];
      try {
        symlinkSync(target, soft);
        const through = readPaths([soft]);
        return through.verdict === "escaped" ? through : readHard(target, hard);
      } finally {
        for (const link of [soft, hard]) rmSync(link, { force: true });
      }
    },
  },
  {
    id: "climb-from-descriptors",
    rows: ["A38", "A42"],
    title: "climb from the directories that it, or what built its wall, has open",
    expected: "no handle leads out",
    attempt({ targets: { person } }) {
      const target = person.files[0] ?? person.directory;
      const found = handles().flatMap((handle) => {
        const ways = Array.from({ length: 16 }, (_, up) => `${handle}/${"../".repeat(up)}${target}`);
        return ways.find((way) => readPaths([way]).verdict === "escaped") ?? [];
      });
      return found[0] === undefined ? held("no handle leads out") : escaped(`${found[0].slice(0, 80)} is open`);
    },
  },
];

function readHard(target: string, hard: string) {
  try {
    linkSync(target, hard);
    return readPaths([hard]);
  } catch (error) {
    return judgeWays([{ way: hard, through: false, seen: errorCode(error) }]);
  }
}

const PROCESSES = 64;

/** Every open file, root and current directory of the processes that can be seen, one's own first. */
function handles(): string[] {
  const others = list("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .slice(0, PROCESSES);
  return ["self", ...others].flatMap((pid) => [
    ...list(`/proc/${pid}/fd`).map((descriptor) => `/proc/${pid}/fd/${descriptor}`),
    ...(pid === "self" ? [] : [`/proc/${pid}/root`, `/proc/${pid}/cwd`]),
  ]);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Gone, or another user's.
    return [];
  }
}
