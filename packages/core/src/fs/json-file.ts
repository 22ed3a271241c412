import { readdirSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type * as z from "zod/mini";
import { HarnessError, isHarnessError, systemCode } from "../errors.ts";
import { parseVersioned } from "../schema/versioned.ts";
import { unlinkIfPresent, writeFileDurable } from "./durable.ts";
import { syncDirectory } from "./flush.ts";
import { readRegular } from "./safe-open.ts";

/** Bytes of a state file at most, unless the caller says otherwise. */
export const STATE_FILE_LIMIT = 8 * 1024 * 1024;

const DAMAGED_KEPT = 5;

type Schema<T> = z.core.$ZodType<T>;

export interface JsonFile<T> {
  value: T;
  source: "current" | "previous";
  /** Why the current generation was not taken. */
  problem?: string;
}

/**
 * Reads a state file: the current generation if it is sound, else the previous one. Null when there is neither.
 * Throws `session-damaged` when both are unusable, `from-the-future` when the current one is newer than this program.
 */
export async function readJsonFile<T>(
  path: string,
  schema: Schema<T>,
  options: { previous?: string; limit?: number } = {},
): Promise<JsonFile<T> | null> {
  return readGenerations(path, schema, options);
}

/** The same at once, for looking at many sessions. Null when absent or unreadable. */
export function readJsonFileSync<T>(path: string, schema: Schema<T>): T | null {
  try {
    return readGenerations(path, schema)?.value ?? null;
  } catch {
    // The caller asked for the value or nothing; readSession names what is damaged.
    return null;
  }
}

export function readGenerations<T>(
  path: string,
  schema: Schema<T>,
  options: { previous?: string; limit?: number } = {},
): JsonFile<T> | null {
  const limit = options.limit ?? STATE_FILE_LIMIT;
  const problem = (() => {
    try {
      const value = readGeneration(path, schema, limit);
      return value === null ? "is missing" : { value };
    } catch (error) {
      if (isHarnessError(error) && error.code !== "from-the-future") return error.message;
      throw error;
    }
  })();
  if (typeof problem !== "string") return { value: problem.value, source: "current" };
  const missing = problem === "is missing";
  const named = missing ? `${basename(path)} is missing` : problem;
  const previous = options.previous === undefined ? null : readPrevious(options.previous, schema, limit);
  if (previous !== null) return { value: previous, source: "previous", problem: named };
  if (missing) return null;
  throw new HarnessError("session-damaged", named, { details: { path } });
}

/** Writes a value as readable JSON, durably. `keepPrevious` is the path for the generation it replaces. */
export async function writeJsonFile(
  path: string,
  value: unknown,
  options: { keepPrevious?: string; mode?: number } = {},
): Promise<void> {
  await writeFileDurable(path, encodeJsonFile(value), options);
}

/** The bytes that a value takes in a file: more than `STATE_FILE_LIMIT` nobody reads again. */
export function jsonFileBytes(value: unknown): number {
  return Buffer.byteLength(encodeJsonFile(value));
}

function encodeJsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Renames a damaged state file to `<name>.corrupt-<time>`, so that the next write does not make it the previous
 * generation. Five are kept. Returns the new path, null when the file is gone.
 */
export async function setAsideDamaged(path: string, now: number = Date.now()): Promise<string | null> {
  const prefix = `${basename(path)}.corrupt-`;
  const directory = dirname(path);
  const target = join(directory, `${prefix}${new Date(now).toISOString().replaceAll(":", "-")}`);
  try {
    renameSync(path, target);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
  const kept = readdirSync(directory).filter((name) => name.startsWith(prefix));
  for (const name of kept.toSorted().slice(0, -DAMAGED_KEPT)) unlinkIfPresent(join(directory, name));
  await syncDirectory(directory);
  return target;
}

function readGeneration<T>(path: string, schema: Schema<T>, limit: number): T | null {
  const bytes = readState(path, limit);
  return bytes === null ? null : parseVersioned(schema, Buffer.from(bytes).toString("utf8"), basename(path));
}

function readPrevious<T>(path: string, schema: Schema<T>, limit: number): T | null {
  try {
    return readGeneration(path, schema, limit);
  } catch (error) {
    // The current generation's problem is the one worth telling.
    if (isHarnessError(error)) return null;
    throw error;
  }
}

function readState(path: string, limit: number): Uint8Array | null {
  try {
    // Between two steps of a write the current generation and the previous one are one file.
    return readRegular(path, { limit, links: 3 }).bytes;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}
