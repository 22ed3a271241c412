import { createHash } from "node:crypto";
import { z } from "zod";

export const FINDING_KINDS = [
  "workflow",
  "hook",
  "script",
  "editor",
  "agent configuration",
  "git configuration",
  "symlink",
  "submodule",
  "executable",
  "hidden text",
  "not read",
] as const;

/** One thing in a merge that may later run on the machine of whoever takes it, or that a reader could be fooled by. */
export const FindingSchema = z.object({
  kind: z.enum(FINDING_KINDS),
  /** As the session wrote it: whoever shows it escapes it. Null for what is said in a commit. */
  path: z.nullable(z.string()),
  commit: z.nullable(z.string()),
  /** In plain words. */
  what: z.string(),
});
export type Finding = z.infer<typeof FindingSchema>;
export type FindingKind = Finding["kind"];

export const FindingsSchema = z.object({
  list: z.array(FindingSchema),
  /** How many more there are than are listed. */
  more: z.number(),
  /** Over all of them and the blobs they speak of: another one is another list. */
  digest: z.string(),
});
export type Findings = z.infer<typeof FindingsSchema>;

const LISTED = 100;
const PATH_LENGTH = 512;

/** `facts` are what the findings speak of: the modes and blobs. */
export function listFindings(findings: readonly Finding[], facts: readonly string[]): Findings {
  const hash = createHash("sha256").update(JSON.stringify([findings, facts]));
  return {
    list: findings
      .slice(0, LISTED)
      .map((finding) => ({ ...finding, path: finding.path?.slice(0, PATH_LENGTH) ?? null })),
    more: Math.max(0, findings.length - LISTED),
    digest: hash.digest("hex").slice(0, 16),
  };
}
