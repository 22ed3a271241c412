import { isHarnessError, type SafeDirectory, systemCode } from "@harness/core";

/** The refs of a session's repository, read without git: no configuration of the session is ever looked at. */
export interface SessionRefs {
  /** The ref that HEAD names; null when it is detached. */
  headRef: string | null;
  /** The commit that HEAD stands on; null on a branch without commits. */
  head: string | null;
  /** Full name to commit. */
  refs: ReadonlyMap<string, string>;
  /** Every entry of the stash, newest last. */
  stashes: readonly string[];
  /** They are kept in a form that is not read: what there is besides is not known. */
  isUnread: boolean;
}

const REF_BYTES = 1024;
const PACKED_BYTES = 32 * 1024 * 1024;
const LOG_BYTES = 1024 * 1024;
const DEPTH = 16;
const FILES = 20_000;
const OID = /^([0-9a-f]{64}|[0-9a-f]{40})$/;
// A ref has one name only; a copy made with hard links (`cp -al`) is still a ref.
const LINKS = 1000;

export function readSessionRefs(git: SafeDirectory): SessionRefs {
  const refs = parsePackedRefs(readText(git, "packed-refs", PACKED_BYTES) ?? "");
  const budget = { files: FILES };
  const loose = git.open("refs");
  if (loose !== null) {
    try {
      collect(loose, { prefix: "refs", depth: 0, refs, budget });
    } finally {
      loose.close();
    }
  }
  for (const [name, oid] of readLinkedHeads(git)) refs.set(name, oid);
  const head = (readText(git, "HEAD", REF_BYTES) ?? "").trim();
  const headRef = head.startsWith("ref: ") ? head.slice(5).trim() : null;
  const oid = headRef === null ? parseOid(head) : (refs.get(headRef) ?? null);
  return { headRef, head: oid, refs, stashes: readStashes(git), isUnread: git.inode("reftable") !== null };
}

/** One ref by its full name, without reading the others; null when it is not there. */
export function readSessionRef(git: SafeDirectory, name: string): string | null {
  const parts = name.split("/");
  const opened: SafeDirectory[] = [];
  try {
    let directory: SafeDirectory | null = git;
    for (const part of parts.slice(0, -1)) {
      directory = directory === null ? null : openBelow(directory, part);
      if (directory !== null) opened.push(directory);
    }
    const last = parts.at(-1) ?? "";
    const below = directory === null ? null : openBelow(directory, last);
    if (below !== null) opened.push(below);
    // A folder is in nobody's way; anything else in the place of a ref is what the ref is.
    if (directory !== null && below === null && directory.inode(last) !== null)
      return parseOid((readText(directory, last, REF_BYTES) ?? "").trim());
    return parsePackedRefs(readText(git, "packed-refs", PACKED_BYTES) ?? "").get(name) ?? null;
  } finally {
    for (const directory of opened) directory.close();
  }
}

export function parsePackedRefs(text: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const oid = parseOid(line.slice(0, line.indexOf(" ")));
    if (oid !== null) refs.set(line.slice(line.indexOf(" ") + 1), oid);
  }
  return refs;
}

/** The new commit of every line of a reflog. */
export function parseReflog(text: string): string[] {
  return text.split("\n").flatMap((line) => parseOid(line.split(" ", 2)[1] ?? "") ?? []);
}

interface Walk {
  prefix: string;
  depth: number;
  refs: Map<string, string>;
  budget: { files: number };
}

function collect(directory: SafeDirectory, walk: Walk): void {
  for (const raw of directory.names(FILES).names) {
    const name = raw.toString("utf8");
    if (name.endsWith(".lock") || walk.budget.files-- <= 0) continue;
    const full = `${walk.prefix}/${name}`;
    const text = readText(directory, name, REF_BYTES);
    const oid = parseOid((text ?? "").trim());
    if (oid !== null) walk.refs.set(full, oid);
    if (text !== null || walk.depth >= DEPTH) continue;
    const below = openBelow(directory, name);
    if (below === null) continue;
    try {
      collect(below, { ...walk, prefix: full, depth: walk.depth + 1 });
    } finally {
      below.close();
    }
  }
}

// A worktree that the session has linked to its own may stand on a commit that no ref names.
function readLinkedHeads(git: SafeDirectory): [string, string][] {
  const linked = openBelow(git, "worktrees");
  if (linked === null) return [];
  try {
    return linked.names(FILES).names.flatMap((raw): [string, string][] => {
      const name = raw.toString("utf8");
      const own = openBelow(linked, name);
      if (own === null) return [];
      try {
        const oid = parseOid((readText(own, "HEAD", REF_BYTES) ?? "").trim());
        return oid === null ? [] : [[`worktrees/${name}/HEAD`, oid]];
      } finally {
        own.close();
      }
    });
  } finally {
    linked.close();
  }
}

function readStashes(git: SafeDirectory): string[] {
  const opened: SafeDirectory[] = [];
  try {
    let directory: SafeDirectory | null = git;
    for (const name of ["logs", "refs"]) {
      directory = directory === null ? null : openBelow(directory, name);
      if (directory !== null) opened.push(directory);
    }
    return directory === null ? [] : parseReflog(readText(directory, "stash", LOG_BYTES) ?? "");
  } finally {
    for (const directory of opened) directory.close();
  }
}

// What is no plain file, or too large for what it should be, is no ref.
function readText(directory: SafeDirectory, name: string, limit: number): string | null {
  try {
    return Buffer.from(directory.read(name, { limit, links: LINKS }).bytes).toString("utf8");
  } catch (error) {
    if (isHarnessError(error) || systemCode(error) !== undefined) return null;
    throw error;
  }
}

function openBelow(directory: SafeDirectory, name: string): SafeDirectory | null {
  try {
    return directory.open(name);
  } catch (error) {
    if (isHarnessError(error) || systemCode(error) !== undefined) return null;
    throw error;
  }
}

function parseOid(text: string): string | null {
  return OID.test(text) ? text : null;
}
