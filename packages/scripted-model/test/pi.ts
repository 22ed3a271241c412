import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { WireName } from "../src/index.ts";

const program = join(dirname(fileURLToPath(import.meta.resolve("@earendil-works/pi-coding-agent"))), "bundle/cli.js");

// Pi's own names of the wires, and what it appends no path to.
const apis: Record<WireName, { api: string; base: string }> = {
  anthropic: { api: "anthropic-messages", base: "" },
  "openai-responses": { api: "openai-responses", base: "/v1" },
  "openai-chat": { api: "openai-completions", base: "/v1" },
  gemini: { api: "google-generative-ai", base: "/v1beta" },
};

export interface PiRun {
  exitCode: number | null;
  /** What it printed, line by line. */
  events: { type: string; [field: string]: unknown }[];
  stderr: string;
  /** A file of its working directory. */
  read(path: string): Promise<string>;
}

export interface PiOptions {
  url: string;
  wire: WireName;
  key: string;
  prompt: string;
  /** Kills it. */
  signal?: AbortSignal;
}

/** Runs Pi once, with a home, a configuration and a working directory of its own. */
export async function runPi({ url, wire, key, prompt, signal }: PiOptions): Promise<PiRun> {
  const directory = await mkdtemp(join(tmpdir(), "scripted-model-pi-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [home, temporary, config, work] = ["home", "tmp", "config", "work"].map((name) => join(directory, name));
  for (const path of [home, temporary, config, work]) await mkdir(path ?? "");
  const { api, base } = apis[wire];
  const provider = { baseUrl: url + base, api, apiKey: "$SESSION_TOKEN", models: [{ id: "scripted-model" }] };
  await writeFile(join(config ?? "", "models.json"), JSON.stringify({ providers: { scripted: provider } }));

  const argv = ["--mode", "json", "--provider", "scripted", "--model", "scripted-model", "-p", prompt];
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: work,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      TMPDIR: temporary,
      PI_CODING_AGENT_DIR: config,
      PI_OFFLINE: "1",
      PI_TELEMETRY: "0",
      PI_SKIP_VERSION_CHECK: "1",
      SESSION_TOKEN: key,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  signal?.addEventListener("abort", () => child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    exitCode,
    events: output.stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)])),
    stderr: output.stderr,
    read: (path) => readFile(join(work ?? "", path), "utf8"),
  };
}
