import { join } from "node:path";
import { isSameProcess, ProcessIdentitySchema, readJsonFileSync, type StateRoot } from "@harness/core";
import { z } from "zod";

/** demo/model.json: where the demo's model is found. The port outlives the process: the sessions were told of it. */
export const ModelRecordSchema = z.object({
  v: z.literal(1),
  ...ProcessIdentitySchema.shape,
  port: z.int().min(1).max(65_535),
  /** Milliseconds between two things that it says or does, so that a person can follow. */
  stepMs: z.number().min(0),
  /** How the shop's tests are run. */
  node: z.string().min(1),
});
export type ModelRecord = z.infer<typeof ModelRecordSchema>;

export const modelRecordPath = (root: StateRoot): string => join(root.demo, "model.json");
export const modelLockPath = (root: StateRoot): string => join(root.demo, "model.lock");

export function readModelRecord(root: StateRoot): ModelRecord | null {
  return readJsonFileSync(modelRecordPath(root), ModelRecordSchema);
}

/** The address of the model that runs; null when none does. */
export function modelUrl(record: ModelRecord | null): string | null {
  return record !== null && isSameProcess(record) ? `http://127.0.0.1:${record.port}` : null;
}
