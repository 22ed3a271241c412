import { accessSync, constants, readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { errorCode, judgeWays, type Attempt } from "../attempt.ts";

/** What has to work: in a session where nothing does, nothing gets out either. */
export const CONTROLS: readonly Attempt[] = [
  {
    id: "work-in-own-places",
    rows: [],
    title:
      "begin in its own worktree, write there, in its home and where programs share files, and read what it borrows",
    expected: "all of it works",
    attempt({ targets: { own } }) {
      return judgeWays([
        lacks("its directory", () => process.cwd() === own.worktree || fail(`it began in ${process.cwd()}`)),
        ...own.places.map((place) => lacks(place, () => writeThere(place))),
        ...(own.borrowed === undefined
          ? []
          : [lacks("what it borrows", () => accessSync(own.borrowed ?? "", constants.R_OK))]),
      ]);
    },
  },
  {
    id: "find-what-programs-need",
    rows: [],
    title: "find the system's files and its own variables, and know its own name and that of its loopback",
    expected: "all of it is there",
    attempt({ targets: { own }, environment }) {
      return judgeWays([
        ...own.promised.map((path) => lacks(path, () => accessSync(path, constants.R_OK))),
        ...Object.entries(own.variables).map(([name, value]) =>
          lacks(name, () => environment[name] === value || fail("another value")),
        ),
        lacks("its own name", () => userInfo().username !== "" || fail("no name")),
        lacks(
          "the name localhost",
          () => /^127\.0\.0\.1\s.*localhost/m.test(readFileSync("/etc/hosts", "utf8")) || fail("unknown"),
        ),
      ]);
    },
  },
];

/** The other way around: "through" is what is missing. */
function lacks(way: string, look: () => unknown): { way: string; through: boolean; seen: string } {
  try {
    look();
    return { way, through: false, seen: "there" };
  } catch (error) {
    return { way, through: true, seen: errorCode(error) };
  }
}

function fail(why: string): never {
  throw new Error(why);
}

function writeThere(place: string): void {
  const file = join(place, "escape-pack-was-here");
  writeFileSync(file, "");
  rmSync(file);
}
