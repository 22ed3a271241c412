import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TracedRun {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The calls that strace wrote down. */
  trace: string;
}

export interface TracedOptions {
  /** What strace is told besides `-f -o`: which calls to show, what to inject. */
  strace: string[];
  env?: Record<string, string>;
}

/**
 * Runs a program whose calls strace watches from a known point on. Contract: the program prints a line `ready`, then waits
 * for a line on its standard input; strace is attached in between, so that starting up is neither counted nor hurt.
 */
export async function runTraced(command: string[], options: TracedOptions): Promise<TracedRun> {
  const place = mkdtempSync(join(tmpdir(), "harness-trace-"));
  const log = join(place, "trace");
  const [file = "", ...parameters] = command;
  const program = spawn(file, parameters, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  const output = { stdout: "", stderr: "" };
  program.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  program.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  // A program that is killed before it reads its line breaks the pipe; its exit tells.
  program.stdin.on("error", () => {});
  const ended = once(program, "exit");
  const closed = once(program, "close");
  try {
    await Promise.race([once(program.stdout, "data"), closed]);
    const strace = spawn("strace", ["-f", "-o", log, "-p", String(program.pid), ...options.strace], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const left = once(strace, "exit");
    await Promise.race([once(strace.stderr, "data"), left]);
    program.stdin.write("go\n");
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    await Promise.all([closed, left]);
    return { code, signal, ...output, stdout: output.stdout.replace(/^ready\n/, ""), trace: readFileSync(log, "utf8") };
  } finally {
    program.kill("SIGKILL");
    rmSync(place, { recursive: true, force: true });
  }
}
