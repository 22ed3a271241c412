import { type GitContext, runGit } from "../../worktrees/git.ts";
import type { Finding } from "./finding.ts";
import { findHidden } from "./hidden-text.ts";

const BYTES = 16 * 1024 * 1024;
const FIELDS = ["author", "committer", "message"] as const;

/** What the texts of the commits between a target and a session's commit hide from a reader. */
export async function judgeCommits(
  context: GitContext,
  gitDirectory: string,
  { without, tip }: { without: string; tip: string },
): Promise<Finding[]> {
  const format = "--format=%H%x00%an <%ae>%x00%cn <%ce>%x00%B%x00";
  const args = ["log", "-z", "--encoding=UTF-8", format, tip, `^${without}`];
  const { text, cut } = await runGit(context, args, { gitDirectory, maxBytes: BYTES, cut: true });
  const fields = text.split("\0");
  const findings: Finding[] = [];
  // Four texts, and what -z puts between two commits.
  for (let at = 0; at + 3 < fields.length; at += 5) {
    const commit = fields[at] ?? "";
    for (const [index, name] of FIELDS.entries()) {
      const found = findHidden((fields[at + 1 + index] ?? "").replaceAll("\r\n", "\n"));
      if (found !== null) findings.push({ kind: "hidden text", path: null, commit, what: `its ${name} ${found}` });
    }
  }
  if (cut)
    findings.push({ kind: "not read", path: null, commit: tip, what: "its commits say too much to be looked into" });
  return findings;
}
