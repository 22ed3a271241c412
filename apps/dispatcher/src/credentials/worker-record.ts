import { isSameProcess, ProcessIdentitySchema, readJsonFileSync, type StateRoot } from "@harness/core";
import { z } from "zod";

/** run/credentials/<provider>/worker.json: which process it is, and what it was started with, as far as that may be written down. */
export const WorkerRecordSchema = z.object({
  v: z.literal(1),
  ...ProcessIdentitySchema.shape,
  startedAt: z.string(),
  /** Makes the prints of this worker comparable with nothing else. */
  salt: z.string(),
  /** Of its wire, address and limits. */
  settingsPrint: z.string(),
  /** Of its key. */
  secretPrint: z.string(),
});
export type WorkerRecord = z.infer<typeof WorkerRecordSchema>;

/** The worker of a provider, if it lives. */
export function readWorker(root: StateRoot, provider: string): WorkerRecord | null {
  const record = readJsonFileSync(root.workerOf(provider).record, WorkerRecordSchema);
  return record !== null && isSameProcess(record) ? record : null;
}
