import { ERROR_KINDS, toErrorRecord } from "@harness/core";
import { plainJson, plainText } from "./escape.ts";

/** Tells an error on stderr: what happened and what to do. Returns the exit code. */
export function report(error: unknown, asJson: boolean): number {
  const record = toErrorRecord(error);
  if (asJson) {
    process.stderr.write(`${plainJson({ error: record })}\n`);
  } else {
    process.stderr.write(plainText(`harness: ${record.message}\n${record.hint}\n`));
    if (record.kind === "internal" && error instanceof Error) process.stderr.write(`${plainText(error.stack ?? "")}\n`);
  }
  return ERROR_KINDS[record.kind].exitCode;
}
