import { ERROR_KINDS, HarnessError, systemCode, toErrorRecord, type ErrorCode } from "@harness/core";
import { plainJson, plainText } from "./escape.ts";

// What the system refuses wherever files are written is no bug of ours.
const STORAGE: Record<string, ErrorCode> = {
  EACCES: "storage-failed",
  EDQUOT: "storage-full",
  EIO: "storage-failed",
  ENOSPC: "storage-full",
  ENOTDIR: "storage-failed",
  EPERM: "storage-failed",
  EROFS: "storage-failed",
};

/** Tells an error on stderr: what happened and what to do. Returns the exit code. */
export function report(error: unknown, asJson: boolean): number {
  const record = toErrorRecord(inOurWords(error));
  if (asJson) {
    process.stderr.write(`${plainJson({ error: record })}\n`);
  } else {
    process.stderr.write(plainText(`harness: ${record.message}\n${record.hint}\n`));
    if (record.kind === "internal" && error instanceof Error) process.stderr.write(`${plainText(error.stack ?? "")}\n`);
  }
  return ERROR_KINDS[record.kind].exitCode;
}

function inOurWords(error: unknown): unknown {
  const code = STORAGE[systemCode(error) ?? ""];
  if (!code || !(error instanceof Error)) return error;
  return new HarnessError(code, `The system refused: ${error.message}.`, { cause: error });
}
