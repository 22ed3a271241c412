import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { inheritedDescriptors } from "./inherited.ts";
import type { WrappedCommand } from "./sandbox.ts";

type StdioChoice = "pipe" | "ignore" | "inherit" | number;

export interface StartOptions {
  /** Of the first three descriptors; pipes unless given. */
  readonly stdio?: readonly [StdioChoice, StdioChoice, StdioChoice];
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
      stdio: [...wrappedStdio(wrapped, stdio)],
      detached,
      ...wrapped.as,
    });
  } finally {
    wrapped.close();
  }
}

let nothing: number | undefined;

/** The `stdio` of a wrapped command for `spawn` and what is built on it: the three that are given, and those that it needs. */
export function wrappedStdio<T extends readonly [unknown, unknown, unknown]>(
  wrapped: Pick<WrappedCommand, "descriptors">,
  stdio: T,
): readonly [...T, ...(number | "ignore")[]] {
  const { descriptors } = wrapped;
  const first = stdio.length + descriptors.length;
  const inherited = inheritedDescriptors().filter((descriptor) => descriptor >= first);
  if (inherited.length === 0) return [...stdio, ...descriptors];
  // Above the first three, "ignore" means as it is: they are covered with an empty file.
  nothing ??= openSync("/dev/null", "r");
  const cover = nothing;
  const rest = Array.from({ length: Math.max(...inherited) + 1 - first }, (_, index) =>
    inherited.includes(first + index) ? cover : "ignore",
  );
  return [...stdio, ...descriptors, ...rest];
}
