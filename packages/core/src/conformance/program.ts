import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pause } from "./report.ts";

const OUTPUT_LIMIT = 64 * 1024;
const GRACE_MS = 3_000;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running program under test. */
export interface Program {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Null while it runs. */
  readonly exit: () => Exit | null;
  /** Null when it still runs after that time. */
  wait(ms: number): Promise<Exit | null>;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, then makes it. */
  end(): Promise<void>;
}

export interface ProgramOptions {
  cwd: string;
  /** The whole environment. */
  env: Record<string, string>;
}

/** Starts a program. It fails like a program that ends with 127 when it cannot be started. */
export function startProgram(command: string[], options: ProgramOptions): Program {
  const [file = "", ...parameters] = command;
  const child = spawn(file, parameters, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let exit: Exit | null = null;
  const stderr = collect(child.stderr);
  const stdout = collect(child.stdout);
  const ended = new Promise<void>((finish) => {
    child.once("error", (error) => {
      stderr.add(error.message);
      exit = { code: 127, signal: null };
      finish();
    });
    child.once("exit", (code, signal) => {
      exit = { code, signal };
      finish();
    });
  });
  const wait = async (ms: number) => {
    await Promise.race([ended, pause(ms)]);
    return exit;
  };
  return {
    pid: child.pid ?? 0,
    stdout: stdout.text,
    stderr: stderr.text,
    exit: () => exit,
    wait,
    kill: (signal) => void child.kill(signal),
    end: async () => {
      if (exit === null) child.kill("SIGTERM");
      if ((await wait(GRACE_MS)) === null) child.kill("SIGKILL");
      await ended;
      await drained(child);
    },
  };
}

/**
 * The command as it can be started elsewhere and with an empty environment: its program, and every argument that names a
 * file here, as absolute paths.
 */
export function locateCommand(command: string[], path = ""): string[] {
  const [file = "", ...parameters] = command;
  const places = file.includes("/") ? [resolve(file)] : path.split(delimiter).map((place) => join(place, file));
  return [places.find(isExecutable) ?? file, ...parameters.map((each) => (isFile(each) ? resolve(each) : each))];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function collect(stream: ChildProcess["stdout"]): { add(text: string): void; text(): string } {
  let text = "";
  const add = (more: string) => {
    if (text.length < OUTPUT_LIMIT) text += more.slice(0, OUTPUT_LIMIT - text.length);
  };
  stream?.setEncoding("utf8").on("data", add);
  return { add, text: () => text };
}

// What it started itself may hold the pipes; that is not waited for.
async function drained(child: ChildProcess): Promise<void> {
  await Promise.race([once(child, "close"), pause(100)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
}
