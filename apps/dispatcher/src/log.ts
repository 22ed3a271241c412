import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { timestamp, toErrorRecord, type Clock } from "@harness/core";

type Fields = Record<string, unknown>;

export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** `fields.error` is written as its record. */
  error(message: string, fields?: Fields): void;
  close(): void;
}

export interface LogOptions {
  clock: Clock;
  /** Values that are never written, such as keys. */
  secrets?: string[];
  maxBytes?: number;
  keep?: number;
}

const MAX_BYTES = 5 * 1024 * 1024;
const KEEP = 3;
const LINE_LIMIT = 16 * 1024;
const SECRET_FIELD = /token|secret|password|authorization|cookie|api-?key/i;
const SECRET_TEXT = /\b(Bearer\s+)\S+/gi;

/** Appends JSON lines to `path`, 0600, rotated by size: `path`, `path.1`, … A log that cannot be written stops nothing. */
export function openLog(path: string, options: LogOptions): Log {
  const { clock, secrets = [], maxBytes = MAX_BYTES, keep = KEEP } = options;
  const hidden = secrets.filter((secret) => secret.length >= 8);
  let fd = openSync(path, "a", 0o600);
  let size = fstatSync(fd).size;

  const rotate = () => {
    for (let n = keep - 1; n > 0; n--) rename(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`);
    closeSync(fd);
    fd = -1;
    fd = openSync(path, "a", 0o600);
    size = 0;
  };
  const write = (level: string, message: string, fields: Fields = {}) => {
    const line = Buffer.from(redact(formatLine({ at: timestamp(clock), level, message, ...fields }), hidden));
    try {
      if (size + line.length > maxBytes) rotate();
      size += writeSync(fd, line);
    } catch {
      // A full disk or a vanished state root is reported by health, not by the log.
    }
  };
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    close: () => {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // The older file is not there yet.
  }
}

function formatLine(entry: Fields): string {
  const text = JSON.stringify(entry, (key, value: unknown) => {
    if (key !== "" && SECRET_FIELD.test(key) && typeof value === "string") return "[redacted]";
    return value instanceof Error ? toErrorRecord(value) : value;
  });
  if (text.length <= LINE_LIMIT) return `${text}\n`;
  const { at, level, message } = entry;
  return `${JSON.stringify({ at, level, message: String(message).slice(0, 1000), cut: true })}\n`;
}

function redact(line: string, secrets: string[]): string {
  let text = line.replace(SECRET_TEXT, "$1[redacted]");
  for (const secret of secrets) text = text.replaceAll(secret, "[redacted]");
  return text;
}
