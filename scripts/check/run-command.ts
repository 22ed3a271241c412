import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface CommandResult {
  code: number;
  output: string;
  durationMs: number;
}

/** The environment of every program the scripts start: tools and Node of this checkout first, no telemetry. */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
  DO_NOT_TRACK: "1",
  NEXT_TELEMETRY_DISABLED: "1",
};

/** Runs a command in `directory` and keeps what it prints. Never rejects: a program that is missing is a failure too. */
export async function runCommand(command: string[], directory = root): Promise<CommandResult> {
  const startedAt = performance.now();
  const [file = "", ...rest] = command;
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  let output = "";
  const end = (code: number) => resolve({ code, output, durationMs: performance.now() - startedAt });
  const child = spawn(file, rest, { cwd: directory, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.on("error", (error) => {
    output += `${error.message}\n`;
    end(1);
  });
  child.on("close", (code) => end(code ?? 1));
  return await promise;
}

/** Runs a command whose output people want to follow while it runs. */
export async function runInSight(command: string[]): Promise<number> {
  const [file = "", ...rest] = command;
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = spawn(file, rest, { cwd: root, env: environment, stdio: ["ignore", "inherit", "inherit"] });
  child.on("error", (error) => {
    console.error(error.message);
    resolve(1);
  });
  child.on("close", (code) => resolve(code ?? 1));
  return await promise;
}
