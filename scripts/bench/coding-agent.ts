import { startScriptedModel, type ScriptedModel } from "@harness/scripted-model";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startDispatcher } from "./dispatcher.ts";
import { median, type Figure } from "./figure.ts";
import { run, stopAll, time } from "./processes.ts";
import { HARNESS, makeRepository } from "./state.ts";

const ROUNDS = 7;
const FILES = 200;
const ALLOWED_RATIO = 1.25;
const ALLOWED_MORE_MS = 250;
const ANSWER = [{ text: "Done." }];

/** From `spawn` until the model is asked, against the same coding agent started by hand in a worktree that exists. */
export async function measureCodingAgent(scratch: string): Promise<Figure[]> {
  const repository = join(scratch, "coding-agent-repository");
  await makeRepository(repository, FILES);
  const model = await startScriptedModel({ script: { scenarios: [{ name: "any", replies: [ANSWER] }] } });
  const home = join(scratch, "coding-agent");
  const dispatcher = await startDispatcher(home, [
    `providers: { bench: { wire: anthropic, baseUrl: "${model.url}", model: bench } }`,
  ]);
  const pi = await findPi(home);
  const ours: number[] = [];
  const bare: number[] = [];
  const spawnSession = (n: string) =>
    dispatcher.request("POST", "/api/sessions", { task: "Say it.", repository, branch: `bench/${n}`, agent: "pi" });
  // The first of each finds cold caches.
  for (let round = -1; round < ROUNDS; round++) {
    const byHand = await startByHand({ pi, model, repository, home: join(scratch, `by-hand-${round}`) });
    const spawned = await time(async () => {
      const asked = nextRequest(model);
      await spawnSession(`agent-${round}`);
      await asked;
    });
    if (round < 0) continue;
    bare.push(byHand);
    ours.push(spawned);
  }
  await dispatcher.stopAll();
  await model.close();
  const value = median(bare);
  return [
    {
      name: "spawn with Pi, until its model is asked",
      value: median(ours),
      unit: "ms",
      against: { name: "Pi by hand in a worktree that exists", value },
      limit: Math.max(ALLOWED_RATIO, (value + ALLOWED_MORE_MS) / value),
    },
  ];
}

async function findPi(home: string): Promise<string> {
  const env = { PATH: process.env["PATH"], HOME: home, HARNESS_HOME: home };
  const agents = JSON.parse(await run(HARNESS, ["agents", "--json"], { env })) as { name: string; path: string }[];
  const path = agents.find(({ name }) => name === "pi")?.path;
  if (path === undefined) throw new Error("Pi is not installed.");
  return path;
}

/** Resolves when the model has one more request than now. */
async function nextRequest({ requests }: ScriptedModel): Promise<void> {
  const before = requests.length;
  while (requests.length === before) await sleep(1);
}

interface ByHand {
  pi: string;
  model: ScriptedModel;
  repository: string;
  home: string;
}

/** Milliseconds from the start of Pi until its model is asked, with the configuration that a session of ours has. */
async function startByHand({ pi, model, repository, home }: ByHand): Promise<number> {
  const configuration = join(home, "pi");
  mkdirSync(configuration, { recursive: true });
  const endpoint = { baseUrl: model.url, api: "anthropic-messages", apiKey: "none", models: [{ id: "bench" }] };
  writeFileSync(join(configuration, "models.json"), JSON.stringify({ providers: { bench: endpoint } }));
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    PI_CODING_AGENT_DIR: configuration,
    PI_OFFLINE: "1",
    PI_TELEMETRY: "0",
    PI_SKIP_VERSION_CHECK: "1",
  };
  const args = [pi, "--mode", "rpc", "--provider", "bench", "--model", "bench", "--no-approve"];
  const asked = nextRequest(model);
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd: repository, env, stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.write(`${JSON.stringify({ id: "1", type: "prompt", message: "Say it." })}\n`);
  await asked;
  const took = performance.now() - start;
  await stopAll([child]);
  return took;
}
