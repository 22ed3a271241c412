import { existsSync } from "node:fs";
import { HarnessError, type Owner, type StateRoot } from "@harness/core";
import { execa } from "execa";
import { escapeText } from "./escape.ts";
import { gitEnvironment, type Trust, type Variables } from "./git-environment.ts";
import { type Wall, wallGit } from "./wall.ts";

/** What every verb here is given; the dispatcher's own context is one. */
export interface GitContext {
  readonly root: StateRoot;
  /** The variables the dispatcher was started with: where git is found, and whose configuration is the person's. */
  readonly environment: Variables;
}

export interface GitOptions {
  /** Defaults to `gitDirectory`. */
  cwd?: string;
  gitDirectory?: string;
  worktree?: string;
  trust?: Trust;
  /** `key=value`, each given with -c. */
  config?: readonly string[];
  env?: Record<string, string>;
  input?: string | Uint8Array;
  timeoutMs?: number;
  maxBytes?: number;
  /** Longer output is cut instead of being an error. */
  cut?: boolean;
  /** What it is shown where it reads what a session wrote, on machines that have a sandbox. */
  wall?: Wall;
  /** As whom it runs; as this process unless given. */
  as?: Owner | null;
  /** Asked while it takes longer than usual: what it may be waiting for without end. Then it is ended. */
  suspect?: () => Promise<HarnessError | null>;
  /** Exit codes that are an answer; 0 is always one. */
  accept?: readonly number[];
}

export interface GitResult {
  code: number;
  bytes: Buffer;
  /** `bytes` as text, without the last line break. */
  text: string;
  /** What git wrote beside its answer. */
  warnings: string;
  cut: boolean;
}

const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const WORDS_LIMIT = 2000;
const GRACE_MS = 5_000;

// No program that a repository names ever runs: neither a hook, nor a monitor, nor housekeeping in the background.
// With an older protocol a repository gives no commit that it has no ref for.
const INERT = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.version=2",
];
const STRICT = [
  "core.attributesFile=/dev/null",
  "core.excludesFile=/dev/null",
  "protocol.allow=never",
  "protocol.file.allow=always",
];

/** Runs git. Throws `git-failed` with git's own words, `git-missing`, `storage-full` or `timed-out`. */
export async function runGit(context: GitContext, args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { trust = "strict", timeoutMs = TIMEOUT_MS, cut = false, accept = [] } = options;
  const config = [...INERT, ...(trust === "strict" ? STRICT : []), ...(options.config ?? [])];
  const cwd = options.cwd ?? options.gitDirectory ?? "/";
  const { running } = await startGit([...config.flatMap((entry) => ["-c", entry]), ...args], {
    ...options,
    directory: cwd,
    environment: { ...gitEnvironment(context.environment, trust), ...pointers(options), ...options.env },
    timeoutMs,
  });
  const deadline = endAfter(timeoutMs, running.pid);
  const doubt = watch(running.pid, options.suspect);
  const result = await running;
  deadline.cancel();
  const found = doubt.cancel();
  const bytes = Buffer.from(result.stdout);
  const warnings = Buffer.from(result.stderr).toString("utf8");
  const name = args[0] ?? "";
  const answer = (code: number) => ({
    code,
    bytes,
    text: chomp(bytes.toString("utf8")),
    warnings,
    cut: result.isMaxBuffer,
  });

  if (found !== null) throw found;
  if (deadline.passed()) throw slow(name, timeoutMs);
  if (result.isMaxBuffer && cut) return answer(0);
  if (result.isMaxBuffer) throw failed(name, "its answer is too long");
  if (result.exitCode === 0 || accept.includes(result.exitCode ?? -1)) return answer(result.exitCode ?? 0);
  if (result.code === "ENOENT" && existsSync(cwd)) throw missing();
  throw failed(name, result.exitCode === undefined ? (result.shortMessage ?? "") : warnings);
}

type StartInput = GitOptions & { directory: string; environment: Record<string, string>; timeoutMs: number };

async function startGit(args: readonly string[], input: StartInput) {
  const stdin = input.input === undefined ? ("ignore" as const) : ("pipe" as const);
  const walled = input.wall && (await wallGit({ ...input, args, wall: input.wall, stdin }));
  const [program = "git", ...parameters] = walled?.command ?? ["git", ...args];
  const running = execa(program, parameters, {
    cwd: walled?.directory ?? input.directory,
    env: walled?.environment ?? input.environment,
    // Their declarations know no number above the first three; what is started does.
    stdio: (walled?.stdio ?? [stdin, "pipe", "pipe"]) as [typeof stdin, "pipe", "pipe"],
    extendEnv: false,
    ...input.as,
    encoding: "buffer",
    reject: false,
    maxBuffer: input.maxBytes ?? OUTPUT_BYTES,
    stripFinalNewline: false,
    // A process group of its own: Ctrl-C in the dispatcher's terminal does not stop git halfway.
    detached: true,
    ...(input.input === undefined ? {} : { input: input.input }),
  });
  walled?.close();
  // In an object, because a promise would be waited for.
  return { running };
}

// The whole group: a child of git that hangs would hold its output open.
function endAfter(timeoutMs: number, pid: number | undefined): { passed(): boolean; cancel(): void } {
  let passed = false;
  let force: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    passed = true;
    signalGroup(pid, "SIGTERM");
    force = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
  }, timeoutMs);
  return {
    passed: () => passed,
    cancel: () => {
      clearTimeout(timer);
      clearTimeout(force);
    },
  };
}

const DOUBT_MS = 3_000;

function watch(pid: number | undefined, suspect: GitOptions["suspect"]): { cancel(): HarnessError | null } {
  let found: HarnessError | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isOver = suspect === undefined;
  const wait = () => {
    if (!isOver) timer = setTimeout(() => void look(), DOUBT_MS);
  };
  const look = async () => {
    const reason = (await suspect?.().catch(() => null)) ?? null;
    if (isOver) return;
    found = reason;
    if (reason === null) wait();
    else signalGroup(pid, "SIGKILL");
  };
  wait();
  return {
    cancel: () => {
      isOver = true;
      clearTimeout(timer);
      return found;
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Asks a question that git answers with its exit code: 0 is yes, 1 is no. */
export async function askGit(context: GitContext, args: readonly string[], options: GitOptions): Promise<boolean> {
  return (await runGit(context, args, { accept: [1], ...options })).code === 0;
}

function pointers({ gitDirectory, worktree }: GitOptions): Record<string, string> {
  return {
    ...(gitDirectory === undefined ? {} : { GIT_DIR: gitDirectory }),
    ...(worktree === undefined ? {} : { GIT_WORK_TREE: worktree }),
  };
}

function failed(name: string, words: string): HarnessError {
  const said = escapeText(words.trim()).slice(0, WORDS_LIMIT) || "it gave no reason";
  if (/No space left on device|Disk quota exceeded/.test(words)) {
    return new HarnessError("storage-full", `git ${name} found no space left on the disk.`, { details: { said } });
  }
  return new HarnessError("git-failed", `git ${name} failed: ${said}`);
}

function slow(name: string, timeoutMs: number): HarnessError {
  return new HarnessError("timed-out", `git ${name} was ended after ${Math.round(timeoutMs / 1000)} s.`, {
    hint: "See whether the disk is slow, or the repository holds something git cannot read, such as a named pipe.",
  });
}

function missing(): HarnessError {
  return new HarnessError("git-missing", "There is no git on PATH.");
}

function chomp(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
