import { ERROR_CODES, type ErrorCode, type ErrorKind } from "./error-codes.ts";

const MARK = Symbol.for("harness.error");

export interface HarnessErrorOptions {
  /** What to do, where the code's own hint is not specific enough. */
  hint?: string;
  /** Facts for programs: plain JSON. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The one error class. `message` says what happened and why, `hint` what to do; `code` never changes its meaning. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly [MARK] = true;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, options: HarnessErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint ?? ERROR_CODES[code].hint;
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }
}

/** True for an error of this or another copy of the package. */
export function isHarnessError(error: unknown): error is HarnessError {
  return typeof error === "object" && error !== null && MARK in error;
}

/** The form in which an error crosses a file or a wire. */
export interface ErrorRecord {
  code: string;
  kind: ErrorKind;
  message: string;
  hint: string;
  details: Record<string, unknown>;
}

/** Any thrown value as a record; what is not ours is `internal`. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (isHarnessError(error)) {
    const { code, kind, message, hint, details } = error;
    return { code, kind, message, hint, details };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", kind: "internal", message, hint: ERROR_CODES.internal.hint, details: {} };
}

/** The error that a record speaks of. An unknown code, from a newer version, becomes `internal` and is named in the details. */
export function fromErrorRecord(record: Pick<ErrorRecord, "code" | "message"> & Partial<ErrorRecord>): HarnessError {
  const known = Object.hasOwn(ERROR_CODES, record.code);
  return new HarnessError(known ? (record.code as ErrorCode) : "internal", record.message, {
    ...(record.hint === undefined ? {} : { hint: record.hint }),
    details: known ? (record.details ?? {}) : { ...record.details, code: record.code },
  });
}

const OF_THE_MACHINE = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EINTR", "EIO", "ESTALE", "ENOSPC", "EDQUOT"]);

/** Whether an error tells of the machine's state and nothing of the file at hand: trying later is right. */
export function isMachineError(error: unknown): boolean {
  return OF_THE_MACHINE.has(systemCode(error) ?? "");
}

/** The system's error code (`ENOENT`, …) of a thrown value, if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
