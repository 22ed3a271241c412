import { z } from "zod";
import type { Context } from "../context.ts";
import { findSettings } from "../repositories/find-settings.ts";
import { findSession } from "../sessions/get.ts";
import { importMirror } from "../worktrees/import.ts";
import type { How } from "../worktrees/merge-record.ts";
import { withMirror } from "../worktrees/mirror.ts";
import { prepareMerge } from "../worktrees/prepare-merge.ts";
import { readRecord } from "../worktrees/record.ts";
import { fetchTarget, findMergeBase, readTarget } from "../worktrees/target.ts";
import { ChangesSchema } from "./item.ts";
import { policyOf } from "./policy.ts";
import { FindingsSchema } from "./risk/finding.ts";
import { scanPayload } from "./risk/scan-payload.ts";

export const PreviewSchema = z.object({
  session: z.string(),
  into: z.string(),
  tip: z.string(),
  target: z.string(),
  base: z.nullable(z.string()),
  policy: z.string(),
  outcome: z.enum(["clean", "conflict", "nothing"]),
  /** Where it conflicts. */
  files: z.array(z.string()),
  findings: z.nullable(FindingsSchema),
  gate: z.nullable(z.array(z.string())),
  uncommitted: ChangesSchema,
});
export type Preview = z.infer<typeof PreviewSchema>;

/** What a merge would come to now, and everything that an approval of it can be bound to. Nothing moves. */
export async function previewMerge(
  context: Context,
  input: { session: string; into?: string | undefined; how?: How | undefined },
): Promise<Preview> {
  const record = await readRecord(context, findSession(context, input.session));
  const { hub, session, source } = record;
  const target = await readTarget(context, record, input.into);
  const imported = await withMirror(context, session, (mirror) => importMirror(context, mirror));
  await fetchTarget(context, record, target);
  const settings = findSettings(context, source);
  const { oid: tip, uncommitted } = imported;
  const facts = {
    session,
    into: target.name,
    tip,
    target: target.oid,
    base: await findMergeBase(context, hub, [target.oid, tip]),
    policy: policyOf(settings),
    gate: settings?.gate ?? null,
    uncommitted,
  };
  const candidate = { record, imported, how: input.how ?? "merge-commit" };
  const prepared = await prepareMerge(context, { candidate, target, onto: target.oid });
  if (prepared.outcome === "conflict") return { ...facts, outcome: "conflict", files: prepared.files, findings: null };
  if (prepared.outcome !== "ready") return { ...facts, outcome: "nothing", files: [], findings: null };
  const payload = { gitDirectory: hub, from: target.oid, to: prepared.commit, tip };
  return { ...facts, outcome: "clean", files: [], findings: await scanPayload(context, payload) };
}
