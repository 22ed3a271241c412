import { totalmem } from "node:os";
import type { ResourceLimits } from "@harness/core";
import { z } from "zod";
import { ByteSizeSchema } from "../disk/byte-size.ts";

/** With less a coding agent that is a Node, and its tools, do not start. */
const LEAST = { processes: 64, memory: 256 * 1024 ** 2, fileSize: 1024 ** 2 };
const PROCESSES = 4096;
const FILE_BYTES = 8 * 1024 ** 3;

const size = (least: number, words: string) =>
  z.union([z.literal(0), ByteSizeSchema.refine((bytes) => bytes >= least, `At least ${words}, or 0 for no limit.`)], {
    error: ({ errors }) => (errors as z.core.$ZodIssue[][]).at(-1)?.[0]?.message ?? "This is no size.",
  });

/** What the kernel holds the processes of a coding agent to; 0 takes a limit away. */
export const ResourcesSchema = {
  /** All of a session together, threads included. */
  processes: z
    .int()
    .refine((count) => count === 0 || count >= LEAST.processes, `At least ${LEAST.processes}, or 0 for no limit.`)
    .default(PROCESSES),
  /** Half of the machine's, unless given. */
  memory: size(LEAST.memory, "256MiB").optional(),
  /** Of the largest file. */
  fileSize: size(LEAST.fileSize, "1MiB").default(FILE_BYTES),
};

export interface Resources {
  readonly processes: number;
  readonly memory?: number | undefined;
  readonly fileSize: number;
}

/** What session.json asks for. */
export function resourceLimits({ processes, memory, fileSize }: Resources, machineBytes = totalmem()): ResourceLimits {
  const memoryBytes = memory ?? Math.max(LEAST.memory, Math.floor(machineBytes / 2));
  return {
    ...(processes === 0 ? {} : { processes }),
    ...(memoryBytes === 0 ? {} : { memoryBytes }),
    ...(fileSize === 0 ? {} : { fileBytes: fileSize }),
  };
}
