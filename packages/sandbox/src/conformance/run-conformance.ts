import { realpathSync } from "node:fs";
import type { Sandbox, SandboxPolicy } from "../sandbox.ts";
import { startWrapped } from "../start-wrapped.ts";
import { ATTEMPTS, type Attempt, type AttemptResult } from "./attempts.ts";
import { markedProcesses } from "./marked-processes.ts";
import { openStage, type Stage } from "./stage.ts";

const ATTEMPT_MS = 20_000;
const GONE_MS = 1_000;
const OUTPUT_CHARACTERS = 1_000_000;

export interface SandboxConformanceOptions {
  readonly sandbox: Sandbox;
  /** Told of each attempt as it ends. */
  onAttempt?(result: AttemptResult): void;
  /** Makes these attempts alone. */
  readonly only?: readonly string[];
}

export interface SandboxReport {
  readonly sandbox: string;
  readonly attempts: readonly AttemptResult[];
  readonly passed: boolean;
}

/** Makes real attempts at real files, processes and sockets from inside, each on a stage of its own. */
export async function runSandboxConformance(options: SandboxConformanceOptions): Promise<SandboxReport> {
  const attempts: AttemptResult[] = [];
  for (const attempt of ATTEMPTS.filter(({ name }) => options.only?.includes(name) ?? true)) {
    const result = await runAttempt(options.sandbox, attempt);
    attempts.push(result);
    options.onAttempt?.(result);
  }
  return { sandbox: options.sandbox.name, attempts, passed: attempts.every(({ passed }) => passed) };
}

async function runAttempt(sandbox: Sandbox, attempt: Attempt): Promise<AttemptResult> {
  const begun = performance.now();
  const stage = await openStage();
  const { name, rows, tries, expected } = attempt;
  try {
    const output = await play(sandbox, attempt, stage);
    const seen = await judge(attempt, stage, output);
    const tookMs = Math.round(performance.now() - begun);
    return { name, rows, tries, expected, seen: seen ?? "as expected", passed: seen === null, tookMs };
  } finally {
    for (const pid of markedProcesses(stage.mark)) process.kill(pid, "SIGKILL");
    await stage.close();
  }
}

async function judge(attempt: Attempt, stage: Stage, output: string): Promise<string | null> {
  if (!output.includes("begun")) return `it did not run: ${output.trim().slice(-300)}`;
  if (output.includes(stage.canary)) return "it read what it must not";
  const due = performance.now() + GONE_MS;
  for (;;) {
    const escaped = attempt.escaped?.(stage, output) ?? null;
    if (escaped === null || !attempt.killed || performance.now() > due) return escaped;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function play(sandbox: Sandbox, attempt: Attempt, stage: Stage): Promise<string> {
  const wrapped = await sandbox.wrap(["sh", "-c", `echo begun; ${attempt.script}`], policyOf(stage));
  const child = startWrapped(wrapped, { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => void child.kill("SIGKILL");
  const timer = setTimeout(kill, ATTEMPT_MS);
  let output = "";
  const collect = (chunk: Buffer) => {
    output = `${output}${chunk.toString()}`.slice(0, OUTPUT_CHARACTERS);
    if (attempt.killed && output.includes("ready")) kill();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      // What was left behind may hold the streams open for ever.
      child.once(attempt.killed ? "exit" : "close", () => resolve());
    });
  } finally {
    clearTimeout(timer);
  }
  return output;
}

function policyOf(stage: Stage): SandboxPolicy {
  const node = realpathSync(process.execPath);
  return {
    readOnly: [stage.objects, node],
    readWrite: [stage.session.worktree],
    home: stage.session.home,
    directory: stage.session.worktree,
    network: "none",
    environment: {
      PATH: "/usr/bin:/bin",
      NODE: node,
      MARK: stage.mark.slice("MARK=".length),
      ROOT: stage.root,
      SESSION: stage.session.directory,
      WORKTREE: stage.session.worktree,
      OTHER: stage.otherSession,
      PERSON: stage.person,
      OBJECTS: stage.objects,
      BYSTANDER: String(stage.bystander.pid),
      TCP_PORT: String(stage.tcpPort),
      UDP_PORT: String(stage.udpPort),
      SOCKET: stage.socketPath,
    },
  };
}
