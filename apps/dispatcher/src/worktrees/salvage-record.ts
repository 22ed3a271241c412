import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { IdSchema, readJsonFileSync, type StateRoot, writeJsonFile } from "@harness/core";
import { z } from "zod";
import { makeDirectory, worktreePaths } from "./paths.ts";

/** Why something was saved. */
export const ReasonSchema = z.enum(["removed", "archived", "failed", "withdrawn"]);
export type Reason = z.infer<typeof ReasonSchema>;

/** What the commit itself tells, so that a hub alone is enough to find it again. */
export const SalvageFactsSchema = z.looseObject({
  v: z.literal(1),
  session: IdSchema,
  name: z.nullable(z.string()),
  task: z.nullable(z.string()),
  repository: z.nullable(z.string()),
  branch: z.nullable(z.string()),
  /** The commit the session started from. */
  start: z.nullable(z.string()),
  reason: ReasonSchema,
  at: z.string(),
  /** What the session called the commits that nobody else had. */
  commits: z.array(z.string()),
  uncommitted: z.object({ modified: z.number(), untracked: z.number() }),
  /** What git ignores and the commit therefore lacks: how much, and the first names. */
  ignored: z.object({ count: z.number(), names: z.array(z.string()) }),
});
export type SalvageFacts = z.infer<typeof SalvageFactsSchema>;

/** archive/<id>.salvage.json: everything that was kept of a session. Stays when the session is gone. */
export const SalvageRecordSchema = SalvageFactsSchema.extend({
  hub: z.nullable(z.string()),
  ref: z.nullable(z.string()),
  commit: z.nullable(z.string()),
  patch: z.nullable(z.string()),
  /** Directories that were kept as they are. */
  moved: z.array(z.string()),
  bytes: z.number(),
});
export type SalvageRecord = z.infer<typeof SalvageRecordSchema>;

const SUFFIX = ".salvage.json";
const KEY = "Harness-Salvage: ";
const LISTED = 1000;

export async function writeSalvageRecord(root: StateRoot, record: SalvageRecord): Promise<void> {
  makeDirectory(root.archive);
  await writeJsonFile(worktreePaths(root, record.session).salvage, record);
}

/** Damaged records are left out: what the hub tells takes their place. */
export function readSalvageRecords(root: StateRoot): SalvageRecord[] {
  if (!existsSync(root.archive)) return [];
  const names = readdirSync(root.archive).filter((name) => name.endsWith(SUFFIX));
  return names.flatMap((name) => readJsonFileSync(join(root.archive, name), SalvageRecordSchema) ?? []);
}

/** Directories of a session in `archive/`, whoever moved them there: also one that was killed before it could say so. */
export function findMoved(root: StateRoot, id: string): string[] {
  if (!existsSync(root.archive)) return [];
  const names = readdirSync(root.archive).filter((name) => name.startsWith(`${id}.work`));
  return names.toSorted().map((name) => join(root.archive, name));
}

/** The message of a salvage commit: for a person, and at its end the facts for a program. */
export function formatMessage(facts: SalvageFacts): string {
  const names = facts.commits.map((name) => `- ${asciiOnly(name)}\n`).join("");
  const commits = facts.commits.slice(0, LISTED);
  return `Salvage of session ${facts.session}\n\n${names}${names && "\n"}${KEY}${asciiOnly(JSON.stringify({ ...facts, commits }))}\n`;
}

/** Null for a commit that says nothing of itself. */
export function parseMessage(text: string): SalvageFacts | null {
  const line = text.split("\n").findLast((candidate) => candidate.startsWith(KEY));
  if (line === undefined) return null;
  try {
    return SalvageFactsSchema.safeParse(JSON.parse(line.slice(KEY.length))).data ?? null;
  } catch {
    return null;
  }
}

// In JSON and in a list alike: no character that a terminal obeys, and none that ends the line.
function asciiOnly(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
