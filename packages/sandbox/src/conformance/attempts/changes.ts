import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { escaped, judgeWays, untried, type Attempt } from "../attempt.ts";
import type { Targets } from "../targets.ts";
import { tryTo } from "./try-to.ts";

/** Changing what is somebody else's. */
export const CHANGES: readonly Attempt[] = [
  {
    id: "write-outside",
    rows: ["A38", "A43"],
    title: "leave a file with another session and in the person's home",
    expected: "nothing arrives",
    attempt: ({ targets }) => writeEach(placesOutside(targets)),
    witness: ({ targets }) => findArrived(placesOutside(targets)),
  },
  {
    id: "forge-own-records",
    rows: ["A01", "A02", "A12", "A13", "A49"],
    title: "put a forged report and a forged control file among the records of its session",
    expected: "the records are out of its reach",
    attempt: ({ targets }) => (targets.records ? writeEach(forgedRecords(targets)) : untried("no records are known")),
    witness: ({ targets }) => findArrived(forgedRecords(targets)),
  },
  {
    id: "replace-worktree",
    rows: ["A02", "A42"],
    title: "put a link in the place of its own worktree",
    expected: "the place cannot be moved",
    attempt({ targets: { own, person } }) {
      const aside = `${own.worktree}.aside`;
      const moved = tryTo(own.worktree, () => renameSync(own.worktree, aside));
      if (!moved.through) return judgeWays([moved]);
      const linked = tryTo(own.worktree, () => (symlinkSync(person.directory, own.worktree), rmSync(own.worktree)));
      renameSync(aside, own.worktree);
      return escaped(linked.through ? "it was replaced, and put back" : "it was moved, and put back");
    },
  },
  {
    id: "change-borrowed-objects",
    rows: ["A17", "A24"],
    title: "change the objects that every session of the repository borrows",
    expected: "read-only",
    attempt({ targets: { own } }) {
      const { borrowed } = own;
      const name = borrowed === undefined ? undefined : anyFile(borrowed);
      if (borrowed === undefined || name === undefined) return untried("it borrows nothing");
      const pack = join(borrowed, name);
      const made = join(borrowed, "escape-made");
      const link = join(own.worktree, "escape-borrowed");
      const open = (path: string) => closeSync(openSync(path, "r+"));
      const ways = [
        tryTo("a new file", () => writeFileSync(made, "")),
        tryTo("a file, made writable", () => (chmodSync(pack, 0o600), open(pack))),
        tryTo("a file, through a hard link", () => (linkSync(pack, link), open(link))),
      ];
      for (const path of [made, link]) tryTo("tidy up", () => rmSync(path, { force: true }));
      return judgeWays(ways);
    },
  },
  {
    id: "change-where-others-begin",
    rows: ["A38", "A43"],
    title: "read, change or put in place what the worktrees of later sessions are snapshots of",
    expected: "not there",
    attempt({ targets: { templates = [] } }) {
      if (templates.length === 0) return untried("no such place is known");
      const planted = templates.map((place) => join(place, PLANTED));
      const write = (path: string) => (mkdirSync(dirname(path), { recursive: true }), writeFileSync(path, "planted"));
      const ways = planted.map((path) => tryTo(path, () => write(path)));
      return judgeWays([...ways, ...templates.map((place) => tryTo(place, () => readdirSync(place)))]);
    },
    witness: ({ targets: { templates = [] } }) => findArrived(templates.map((place) => join(place, PLANTED))),
  },
  {
    id: "write-to-system",
    rows: ["A38", "A43"],
    title: "leave a file beside the system's own",
    expected: "read-only, or not there",
    attempt: () =>
      judgeWays(
        SYSTEM.map((place) =>
          tryTo(place, () => {
            const path = join(place, `escape-pack-${process.pid}`);
            writeFileSync(path, "");
            rmSync(path);
          }),
        ),
      ),
  },
];

const PLANTED = "escape-planted";

const SYSTEM = ["/", "/etc", "/usr", "/usr/bin", "/opt", "/run", "/home", "/dev", "/sys"];

function writeEach(paths: readonly string[]) {
  return judgeWays(paths.map((path) => tryTo(path, () => writeFileSync(path, "planted"))));
}

function findArrived(paths: readonly string[]): string | null {
  const arrived = paths.filter((path) => existsSync(path));
  return arrived.length === 0 ? null : `${arrived.join(", ")} arrived`;
}

/** Where an attempt leaves a file, if nothing keeps it from that. */
export function placesOutside({ other, person }: Pick<Targets, "other" | "person">): string[] {
  return [...(other ? [join(other.directory, PLANTED)] : []), join(person.directory, ".bashrc")];
}

function forgedRecords({ records }: Targets): string[] {
  return records
    ? [join(records.directory, "outbox", ".escape-forged"), join(records.directory, ".escape-forged")]
    : [];
}

function anyFile(directory: string): string | undefined {
  return readdirSync(directory, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath.slice(directory.length), name))[0];
}
