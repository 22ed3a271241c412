import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { openSync } from "node:fs";
import { inheritedDescriptors } from "./inherited.ts";
import type { WrappedCommand } from "./sandbox.ts";

export interface StartOptions {
  /** Of the first three descriptors; pipes unless given. */
  readonly stdio?: readonly ("pipe" | "ignore" | "inherit" | number)[];
  /** In a session of its own, away from any terminal; true unless given. */
  readonly detached?: boolean;
}

/** Starts a wrapped command and closes what was open for it. Kill it with SIGKILL: everything inside ends with it. */
export function startWrapped(wrapped: WrappedCommand, options: StartOptions = {}): ChildProcess {
  const { stdio = ["pipe", "pipe", "pipe"], detached = true } = options;
  const [program = "", ...args] = wrapped.command;
  try {
    return spawn(program, args, {
      cwd: wrapped.directory,
      env: wrapped.environment,
      stdio: wrappedStdio(wrapped, stdio),
      detached,
    });
  } finally {
    wrapped.close();
  }
}

let nothing: number | undefined;

/** The `stdio` of a wrapped command for Node's own `spawn`. */
export function wrappedStdio(
  wrapped: Pick<WrappedCommand, "descriptors">,
  stdio: readonly ("pipe" | "ignore" | "inherit" | number)[],
): StdioOptions {
  const files = [...stdio, ...wrapped.descriptors];
  const inherited = inheritedDescriptors().filter((descriptor) => descriptor >= files.length);
  if (inherited.length === 0) return files;
  // Above the first three, "ignore" means as it is: they are covered with an empty file.
  nothing ??= openSync("/dev/null", "r");
  const cover = Array.from({ length: Math.max(...inherited) + 1 - files.length }, () => "ignore" as const);
  return [...files, ...cover].map((file, index) => (inherited.includes(index) ? (nothing ?? "ignore") : file));
}
