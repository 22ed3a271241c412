import { createHash } from "node:crypto";
import { applyDelta } from "./apply-delta.ts";
import { COMMIT, type ObjectHeader } from "./headers.ts";

/** A commit that is larger is not looked at. */
export const COMMIT_LIMIT = 64 * 1024;
/** Of all commits of one push together. */
const WHOLE_LIMIT = 8 * 1024 * 1024;
/** What knowing a commit takes beside its text. */
const OVERHEAD = 512;

/** The commits of one pack. */
export interface Commits {
  /** Takes an object in that began at `offset`. One that is no commit is let go of. */
  add(header: ObjectHeader, offset: number, data: Buffer): void;
  /** Whether `data` of such an object may be of use. */
  wants(header: ObjectHeader, offset: number): boolean;
  /** Whether a way leads from the commit `from` back to `to`; null where there were too many commits to know. */
  leads(from: string, to: string): boolean | null;
}

export function collectCommits(hashBytes: number): Commits {
  const hash = hashBytes === 20 ? "sha1" : "sha256";
  const known = new Map<string, Buffer>();
  const begun = new Map<number, string>();
  let held = 0;
  let overflown = false;

  function baseOf({ baseDistance, baseOid }: ObjectHeader, offset: number): Buffer | undefined {
    const oid = baseDistance === null ? baseOid : begun.get(offset - baseDistance);
    return oid === undefined || oid === null ? undefined : known.get(oid);
  }
  return {
    wants: (header, offset) =>
      header.size <= COMMIT_LIMIT && (header.type === COMMIT || baseOf(header, offset) !== undefined),
    add(header, offset, data) {
      const base = baseOf(header, offset);
      const commit = header.type === COMMIT ? data : base && applyDelta(base, data, COMMIT_LIMIT);
      if (!commit) return;
      held += commit.length + OVERHEAD;
      overflown ||= held > WHOLE_LIMIT;
      if (overflown) return;
      const oid = createHash(hash).update(`commit ${commit.length}\0`).update(commit).digest("hex");
      known.set(oid, commit);
      begun.set(offset, oid);
    },
    leads(from, to) {
      const seen = new Set([from]);
      for (const oid of seen) {
        if (oid === to) return true;
        for (const parent of parentsOf(known.get(oid))) seen.add(parent);
      }
      return overflown ? null : false;
    },
  };
}

// As git reads it, or not at all: a line that git does not take for a parent must be none here either.
const HEAD = /^tree [0-9a-f]+\n((?:parent (?:[0-9a-f]{40}|[0-9a-f]{64})\n)*)author /;

/** The parents that a commit names; none where it is no whole commit. */
function parentsOf(commit: Buffer | undefined): string[] {
  const [, lines = ""] = (commit && HEAD.exec(commit.toString("latin1"))) ?? [];
  return lines.split("\n").flatMap((line) => (line === "" ? [] : [line.slice("parent ".length)]));
}
