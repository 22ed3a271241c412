import { HarnessError, systemCode } from "../errors.ts";

// libuv has no name for EDQUOT and calls it UNKNOWN; the number comes through (errno(3) of Linux, of macOS).
const QUOTA_ERRNO = process.platform === "darwin" ? -69 : -122;
const FAILED = new Set(["EIO", "EROFS", "ESTALE", "ENODEV", "EACCES", "EPERM", "EMFILE", "ENFILE"]);

/** What a failed file operation means to a caller: `storage-full`, `storage-failed`, or the error as it came. */
export function storageError(error: unknown, doing: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const isQuota = code === "EDQUOT" || (error as NodeJS.ErrnoException).errno === QUOTA_ERRNO;
  if (isQuota || code === "ENOSPC") {
    const why = isQuota ? "the disk quota is used up" : "no space left";
    const details = { systemCode: isQuota ? "EDQUOT" : code };
    return new HarnessError("storage-full", `${doing} failed: ${why}.`, { cause: error, details });
  }
  const details = { systemCode: code };
  if (FAILED.has(code)) {
    return new HarnessError("storage-failed", `${doing} failed: ${(error as Error).message}.`, {
      cause: error,
      details,
    });
  }
  return error;
}
