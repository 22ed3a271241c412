import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { parseConfig, type Config } from "../../config.ts";
import { runDispatcher, testConfig, type TestDispatcher } from "../../supervisor/testing/dispatchers.ts";
import { type Lab, openLab } from "../../worktrees/testing/lab.ts";
import { detectWall } from "../../worktrees/wall.ts";
import type { EnqueueInput } from "../enqueue.ts";
import type { MergeItem } from "../item.ts";

export interface QueueLab extends Lab {
  readonly config: Config;
  /** A session with a branch of its own and these files committed on it. Returns its commit. */
  work(id: string, files: Record<string, string>): Promise<string>;
  /** A dispatcher in this process. */
  dispatcher(onMergeStep?: (step: string) => void | Promise<void>): Promise<TestDispatcher>;
  /** The texts of the messages in the inbox of a session, wherever they are by now. */
  told(id: string): string[];
}

interface Settings {
  gate?: string | string[];
  gateTimeoutMs?: number;
  sandbox?: "auto" | "none";
}

// A gate is refused where `auto` has nothing to choose; most tests are about something else.
const SANDBOX = (await detectWall()).probe.works ? "auto" : "none";

/** A lab whose repository has settings, and whose sessions are known to a dispatcher. */
export function openQueueLab(settings: Settings = {}): QueueLab {
  const lab = openLab();
  const { root } = lab.context;
  const { sandbox = SANDBOX, ...rest } = settings;
  const { repositories, defaults } = parseConfig(
    JSON.stringify({ defaults: { sandbox }, repositories: { [lab.source]: rest } }),
  );
  // No coding agent is started for a message here.
  const agentCommand = [process.execPath, "--eval", "process.exit(0)"];
  const config = testConfig({ repositories, defaults, agentCommand });
  return {
    ...lab,
    config,
    work: async (id, files) => {
      await lab.session(id);
      const paths = root.session(id);
      for (const path of [paths.inbox.path, paths.outbox.path, paths.log]) mkdirSync(path, { recursive: true });
      writeFileSync(paths.spec, JSON.stringify({ v: 1, id, agent: { driver: "scripted" } }));
      writeFileSync(paths.token, `${id}.${"t".repeat(43)}\n`);
      return lab.commit(lab.worktree(id), files, `work of ${id}`);
    },
    dispatcher: (onMergeStep = () => {}) =>
      runDispatcher(root, { config, environment: lab.context.environment, onMergeStep }),
    told: (id) => {
      const { inbox } = root.session(id);
      const boxes = [inbox.path, inbox.claimed, inbox.done];
      const files = boxes.flatMap((box) => list(box).map((name) => join(box, name)));
      return files.map((file) => readFileSync(file, "utf8"));
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** Puts merges into the queue and waits for what becomes of them. */
export async function mergeAll({ merges }: TestDispatcher, input: EnqueueInput): Promise<MergeItem[]> {
  const items = await merges.enqueue(input);
  return Promise.all(items.map(({ id }) => merges.settled(id, AbortSignal.timeout(120_000))));
}

export async function untilEnded({ merges }: TestDispatcher, count: number): Promise<MergeItem[]> {
  const ended = () => merges.list().filter(({ state }) => state === "ended");
  await until(() => ended().length === count, { timeoutMs: 120_000, what: `${count} merges have ended` });
  return ended();
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(".msg"));
  } catch {
    return [];
  }
}
