import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "@harness/core/testing";
import type { RecordedRequest, WireName } from "@harness/scripted-model";
import { KEYS, SCRIPT } from "./script.ts";

const PROGRAM = join(dirname(fileURLToPath(import.meta.resolve("@harness/scripted-model"))), "main.js");
const FLAGS = process.getuid?.() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];
const LOOPBACK = 'ip link set lo up && exec "$@"';

/** `loopback` where this machine gives a network of nothing but loopback to a test, else `host`. */
export const NETWORK: "loopback" | "host" =
  spawnSync("unshare", [...FLAGS, "sh", "-c", LOOPBACK, "sh", "true"]).status === 0 ? "loopback" : "host";

export interface OfflineModel {
  readonly url: string;
  /** What is put before a command that is to reach the model and nothing else. */
  readonly before: string[];
  /** The requests that are over, in that order. */
  requests(): RecordedRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A scripted model in a network of its own. */
export async function startOfflineModel(): Promise<OfflineModel> {
  const directory = temporaryDirectory("harness-model-");
  const script = join(directory.path, "script.json");
  const log = join(directory.path, "requests.jsonl");
  writeFileSync(script, JSON.stringify(SCRIPT));
  const keys = Object.values(KEYS).flatMap((key) => ["--key", key]);
  const serve = [process.execPath, PROGRAM, "--script", script, "--log", log, ...keys];
  const [program = "", ...args] =
    NETWORK === "host" ? serve : ["unshare", ...FLAGS, "sh", "-c", LOOPBACK, "sh", ...serve];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error("The scripted model did not start."))),
  ])) as [Buffer];
  const enter = ["nsenter", `--target=${child.pid}`, "--net"];
  const user = process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"];
  return {
    url: line.toString("utf8").trim(),
    before: NETWORK === "host" ? [] : [...enter, ...user, "--"],
    requests() {
      const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
      return lines.map((each) => JSON.parse(each) as RecordedRequest);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      await directory[Symbol.asyncDispose]();
    },
  };
}

export type { RecordedRequest, WireName };
