import type { GitContext } from "../../worktrees/git.ts";
import { type Finding, type Findings, listFindings } from "./finding.ts";
import { judgeCommits } from "./judge-commits.ts";
import { type Entry, judgeEntry } from "./judge-entry.ts";
import { eachGroup } from "./read-blobs.ts";
import { readEntries } from "./read-entries.ts";

export interface Payload {
  gitDirectory: string;
  /** What the merge stands on, and what it comes to. */
  from: string;
  to: string;
  /** The session's commit, whose history comes along. */
  tip: string;
}

const ZEROS = /^0+$/;

/** What a merge brings that may later run on a person's machine. Trees and blobs are read; nothing of them is obeyed. */
export async function scanPayload(context: GitContext, payload: Payload): Promise<Findings> {
  const { gitDirectory, from, to, tip } = payload;
  const entries = await readEntries(context, gitDirectory, { from, to });
  const groups = entries.map((entry) => ({ entry, oids: blobsOf(entry) }));
  const found: { entry: Entry; findings: Finding[] }[] = [];
  await eachGroup(context, { gitDirectory, groups }, ({ entry }, read) => {
    const findings = judgeEntry(entry, read);
    if (findings.length > 0) found.push({ entry, findings });
  });
  const said = await judgeCommits(context, gitDirectory, { without: from, tip });
  const facts = found.map(({ entry }) => `${entry.path}\0${entry.newMode}\0${entry.newOid}`);
  return listFindings([...found.flatMap(({ findings }) => findings), ...said], facts);
}

// A submodule's commit is no object of this repository.
function blobsOf({ oldMode, newMode, oldOid, newOid }: Entry): string[] {
  const sides: [string, string][] = [
    [oldMode, oldOid],
    [newMode, newOid],
  ];
  return sides
    .filter(([mode, oid]) => mode.startsWith("1") && mode !== "160000" && !ZEROS.test(oid))
    .map(([, oid]) => oid);
}
