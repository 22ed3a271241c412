import { HarnessError, systemCode } from "../errors.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const FAILED = new Set(["EIO", "EROFS", "ESTALE", "ENODEV", "EACCES", "EPERM", "EMFILE", "ENFILE"]);

/** What a failed file operation means to a caller: `storage-full`, `storage-failed`, or the error as it came. */
export function storageError(error: unknown, doing: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const details = { systemCode: code };
  if (code === "EDQUOT") {
    return new HarnessError("storage-full", `${doing} failed: the disk quota is used up.`, { cause: error, details });
  }
  if (FULL.has(code))
    return new HarnessError("storage-full", `${doing} failed: no space left.`, { cause: error, details });
  if (FAILED.has(code)) {
    return new HarnessError("storage-failed", `${doing} failed: ${(error as Error).message}.`, {
      cause: error,
      details,
    });
  }
  return error;
}
