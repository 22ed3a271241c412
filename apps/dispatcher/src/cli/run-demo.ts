import { listSessionIds, systemClock } from "@harness/core";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { demoState } from "../demo/find-demo.ts";
import { tellStory, type Story } from "../demo/story.ts";
import { dispatcherDoor } from "./demo-door.ts";
import type { Io } from "./environment.ts";
import { launcherPaths } from "./launchers.ts";
import { createNarrator } from "./narrate.ts";

export interface DemoOptions {
  /** Without the pauses that let a person read. */
  fast?: boolean;
  /** Whether another dispatcher may be started in place of one that is gone. */
  mayRestart: boolean;
  signal: AbortSignal;
}

const STEP_MS = 1200;
const CHAPTER_MS = 2500;

export async function runDemo(io: Io, options: DemoOptions): Promise<void> {
  const { root, environment } = io;
  const { fast = false, signal } = options;
  const narrator = createNarrator(io.terminal, { clock: systemClock, pauseMs: fast ? 0 : CHAPTER_MS, signal });
  const pace = { stepMs: fast ? 0 : STEP_MS, node: nodeProgram(io.path) };
  const story: Story = {
    root,
    environment,
    clock: systemClock,
    narrator,
    door: dispatcherDoor(io, options.mayRestart),
    pace,
    signal,
  };
  await tellStory(story);
  if (signal.aborted) return;
  narrator.say(`That was the demo. Look around${fromHere(io.path)}
  harness ps                       both sessions
  harness logs gift-wrap           what one of them did, step by step
  harness show rounding            where its files are
  harness demo --clean             takes both sessions and the scratch repository away

With a model of your own, in a repository of yours:
  harness down                     this dispatcher was started without the key
  export ANTHROPIC_API_KEY=…       or OPENAI_API_KEY, GEMINI_API_KEY, or a local model in config.yaml
  harness spawn "fix the failing test"`);
}

// The first start is out of a checkout, where `harness` is no command yet.
function fromHere(path: string): string {
  if (hasProgram("harness", path)) return ":";
  return `, in another terminal:\n  alias harness=${launcherPaths()[0] ?? ""}\n`;
}

/** For `up --demo`: tells the story where nothing else is in the state root, or where it broke off. */
export async function runDemoIfFresh(io: Io, options: Pick<DemoOptions, "fast" | "signal">): Promise<void> {
  const { root, terminal, environment } = io;
  const state = await demoState({ root, environment });
  const isEmpty = !existsSync(root.sessions) || listSessionIds(root).length === 0;
  if (state === "finished") return terminal.note("The demo has been shown. `harness demo --clean` takes it away.");
  if (state === "none" && !isEmpty)
    return terminal.note("There are sessions already, so no demo is shown. `harness demo` shows it.");
  await runDemo(io, { ...options, mayRestart: false });
}

// The shop's tests run on the Node that a coding agent would find, or else on ours.
function nodeProgram(path: string): string {
  return hasProgram("node", path) ? "node" : process.execPath;
}

function hasProgram(name: string, path: string): boolean {
  return path.split(delimiter).some((directory) => directory.startsWith("/") && existsSync(join(directory, name)));
}
