import { posix } from "node:path";
import type { Finding, FindingKind } from "./finding.ts";
import { findHidden, findHiddenInFile } from "./hidden-text.ts";
import { findScriptChanges } from "./package-scripts.ts";
import { judgePath } from "./risky-paths.ts";

/** A line of `diff-tree -r`: modes of zeros and oids of zeros stand for nothing. */
export interface Entry {
  path: string;
  oldMode: string;
  newMode: string;
  oldOid: string;
  newOid: string;
}

/** What a blob holds; null when it is too large to be looked into. */
export type ReadBlob = (oid: string) => Buffer | null;

const LINK = "120000";
const SUBMODULE = "160000";
const EXECUTABLE = "100755";
const NOTHING = "000000";

/** What one changed path brings. Pure. */
export function judgeEntry(entry: Entry, read: ReadBlob): Finding[] {
  const { path, oldMode, newMode } = entry;
  const find = (kind: FindingKind, what: string): Finding => ({ kind, path, commit: null, what });
  const findings: Finding[] = [];
  const risky = judgePath(path);
  if (risky !== null) findings.push(find(risky.kind, newMode === NOTHING ? `goes, and ${risky.what}` : risky.what));
  if (newMode === NOTHING) return findings;
  // A broken sequence of bytes in the name reads as U+FFFD.
  const named = path.includes("\ufffd") ? "cannot be written as text" : findHidden(path);
  if (named !== null || /[\t\n\f\r]/.test(path))
    findings.push(find("hidden text", `its name ${named ?? "has a line break or a tab"}`));
  if (newMode === SUBMODULE)
    findings.push(find("submodule", "another repository, at a commit that is not looked into"));
  if (newMode === EXECUTABLE && oldMode !== EXECUTABLE) findings.push(find("executable", "can be run as a program"));
  if (newMode === LINK) findings.push(find("symlink", describeLink(path, read(entry.newOid))));
  if (newMode !== SUBMODULE && newMode !== LINK) findings.push(...judgeContent(entry, read, find));
  return findings;
}

function describeLink(path: string, target: Buffer | null): string {
  const text = target?.toString("utf8") ?? "";
  const isOut = posix.isAbsolute(text) || posix.normalize(posix.join(posix.dirname(path), text)).split("/")[0] === "..";
  return isOut ? "a link that leads out of the repository" : "a link to another place";
}

type Find = (kind: FindingKind, what: string) => Finding;

function judgeContent({ path, oldMode, oldOid, newOid }: Entry, read: ReadBlob, find: Find): Finding[] {
  if (oldOid === newOid) return [];
  const now = read(newOid);
  if (now === null) return [find("not read", "too large to be looked into")];
  const before = oldMode.startsWith("100") ? read(oldOid) : null;
  const findings: Finding[] = [];
  if (posix.basename(path).toLowerCase() === "package.json") {
    const what = findScriptChanges(now.toString("utf8"), before?.toString("utf8") ?? null);
    if (what !== null) findings.push(find("script", what));
  }
  const hidden = findHiddenInFile(now, before);
  if (hidden !== null) findings.push(find("hidden text", hidden));
  return findings;
}
