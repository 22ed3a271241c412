import type { ChildProcess } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { HarnessError, isHarnessError } from "@harness/core";
import { startWrapped } from "@harness/sandbox";
import { findProgram } from "../../coding-agents/find-program.ts";
import type { Context } from "../../context.ts";
import { killMarked } from "../../supervisor/sweep.ts";
import { endProcessesOf } from "../../users/end-processes.ts";
import { findSandbox } from "./find-sandbox.ts";
import type { GateCheckout } from "./gate-checkout.ts";
import type { GateInput } from "./run-gate.ts";

const GRACE_MS = 5_000;
const DRAIN_MS = 1_000;
const LIMITS = { openFiles: 65_536, fileBytes: 16 * 1024 ** 3 };

interface GateCommand extends GateInput {
  checkout: GateCheckout;
  write(bytes: Buffer): void;
}

/**
 * The command runs code that sessions wrote. Behind a sandbox it finds the checkout, a home of its own, the hub's objects
 * to read, and the system's programs. Where the person has asked for none, it runs as whoever runs the dispatcher: its home
 * and its environment hold nothing, but the machine is not hidden from it. Throws `gate-unavailable`.
 */
export async function runGateCommand(
  context: Context,
  input: GateCommand,
): Promise<{ ended: string; sandbox: string }> {
  const { checkout, settings, signal, write } = input;
  const { name, child } = await startCommand(context, input);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const exited = waitFor(child);
  child.stdout?.on("data", write);
  child.stderr?.on("data", write);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, settings.gateTimeoutMs);
  const stop = () => signalGroup(child, "SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const { code, by } = await exited;
    if (isLate) return { ended: `ended after ${settings.gateTimeoutMs / 1000} s`, sandbox: name };
    return { ended: code === null ? `ended by ${by ?? "a signal"}` : `exit code ${code}`, sandbox: name };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    signalGroup(child, "SIGKILL");
    killMarked([`HARNESS_GATE=${checkout.id}`]);
    if (checkout.owner !== null) endProcessesOf(checkout.owner);
    // What was printed last may still be on its way.
    await Promise.race([closed, context.clock.sleep(DRAIN_MS)]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    signal.throwIfAborted();
  }
}

async function startCommand(
  context: Context,
  { checkout, command, record, settings, signal }: GateCommand,
): Promise<{ name: string; child: ChildProcess }> {
  const { tree, home, temporary, owner } = checkout;
  const environment = environmentOf(context, checkout);
  const [program = ""] = command;
  if (!program.includes("/") && findProgram(program, environment["PATH"] ?? "") === null)
    throw unavailable(`there is no program ${program} on PATH`);
  try {
    const sandbox = await findSandbox(context);
    const wrapped = await sandbox.wrap(command, {
      readWrite: [tree, temporary],
      readOnly: readable([join(record.hub, "objects"), ...settings.gateTools, dirname(process.execPath)]),
      home,
      directory: tree,
      environment,
      network: settings.gateNetwork,
      limits: LIMITS,
      ...(owner === null ? {} : { as: owner }),
    });
    signal.throwIfAborted();
    return { name: sandbox.name, child: startWrapped(wrapped, { stdio: ["ignore", "pipe", "pipe"] }) };
  } catch (error) {
    if (signal.aborted || !isHarnessError(error)) throw error;
    throw unavailable(error.message, error);
  }
}

// The system's own programs are there anyway, and a path that is not there cannot be shown.
function readable(paths: string[]): string[] {
  const real = paths.flatMap((path) => {
    try {
      return [realpathSync(path)];
    } catch {
      return [];
    }
  });
  return [...new Set(real)].filter((path) => !/^\/(usr|bin|sbin|lib|lib64)(\/|$)/.test(path));
}

function environmentOf({ environment }: Context, { id, home, temporary }: GateCheckout): Record<string, string> {
  const path = (environment["PATH"] ?? "").split(":").filter((entry) => isAbsolute(entry));
  const directories = path.length === 0 ? ["/usr/local/bin", "/usr/bin", "/bin"] : path;
  return {
    PATH: [...new Set([...directories, dirname(process.execPath)])].join(":"),
    HOME: home,
    TMPDIR: temporary,
    LANG: "C.UTF-8",
    CI: "true",
    HARNESS_GATE: id,
  };
}

async function waitFor(child: ChildProcess): Promise<{ code: number | null; by: string | null }> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code, by) => resolve({ code, by }));
    child.once("error", (error) => reject(unavailable(error.message, error)));
  });
}

function unavailable(why: string, cause?: unknown): HarnessError {
  const hint = isHarnessError(cause) && cause.code === "sandbox-unavailable" ? { hint: cause.hint } : {};
  return new HarnessError("gate-unavailable", `The gate cannot be started: ${why.replace(/\.$/, "")}.`, {
    ...hint,
    cause,
  });
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  child.once("exit", () => clearTimeout(timer));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
