import { lstatSync } from "node:fs";
import { join, relative } from "node:path";
import type { SessionPaths } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import type { Answer, AskRequest, DriverSession } from "./drivers/driver.ts";
import { DRIVERS } from "./drivers/registry.ts";
import { homePlaces } from "./environment.ts";
import { readHistory } from "./history.ts";
import { makeOwnDirectory } from "./drivers/make-own-directory.ts";
import { openObserved } from "./model/open-observed.ts";
import { openWithPush } from "./push/open-with-push.ts";

/** How long a driver rests before it is closed: what it holds in memory is needed no more. */
export const REST_MS = 30_000;

/** The session's driver, opened when a turn needs it and closed when none has needed it for a while. */
export interface DriverHolder {
  /** Throws what the driver throws; the next turn tries again. */
  open(): Promise<DriverSession>;
  /** No turn needs it any more, for now. */
  rest(): void;
  close(): Promise<void>;
}

export interface DriverHolding {
  ask(request: AskRequest): Promise<Answer>;
  /** It was closed because it rested, and its memory can be taken back. */
  onRested(): void;
  onBroken(error: unknown): void;
}

export function holdDriver(context: AgentContext, holding: DriverHolding): DriverHolder {
  const { clock } = context;
  let opened: DriverSession | null = null;
  let release = () => {};
  let closing: Promise<void> = Promise.resolve();
  let resting = new AbortController();

  async function close(): Promise<void> {
    resting.abort();
    const session = opened;
    opened = null;
    release();
    if (!session) return closing.catch(() => {});
    closing = Promise.all([closing.catch(() => {}), session.close()]).then(() => {});
    await closing;
  }

  async function closeWhenRested(signal: AbortSignal): Promise<void> {
    await clock.sleep(REST_MS, signal);
    if (signal.aborted) return;
    await close();
    holding.onRested();
  }

  return {
    async open() {
      resting.abort();
      // What is being closed may share processes with what is opened next.
      await closing.catch(() => {});
      makeHome(context.paths);
      // An outlet that ended is replaced at the same door: nobody inside has to be told.
      const before = release;
      release = await context.outlet.hold();
      before();
      try {
        return (opened ??= await openDriver(context, holding.ask));
      } catch (error) {
        release();
        throw error;
      }
    },
    rest() {
      resting.abort();
      resting = new AbortController();
      if (opened) void closeWhenRested(resting.signal).catch(holding.onBroken);
    },
    close,
  };
}

async function openDriver(
  context: AgentContext,
  ask: (request: AskRequest) => Promise<Answer>,
): Promise<DriverSession> {
  const { session, paths, choice, processes, memory } = context;
  const driver = await DRIVERS[choice.driver]?.();
  if (!driver) throw new Error(`No driver ${choice.driver}.`);
  makeHome(paths);
  const directory = workingDirectory(paths);
  const observed = () =>
    openObserved(context, (model) => {
      const { resume } = memory.current();
      return driver.open({
        session,
        choice,
        directory,
        sessionDirectory: paths.directory,
        home: paths.home,
        model,
        transcripts: join(paths.log, "turns"),
        resumeToken: typeof resume === "string" ? resume : null,
        keepResume: async (token) => {
          memory.keepResume(token);
          await context.storage.persist(memory.save);
        },
        history: (turn) => readHistory(paths.events, turn),
        processes,
        ask,
      });
    });
  return openWithPush(context, observed);
}

/** Makes the directories that the environment of the coding agent names. */
export function makeHome({ home }: SessionPaths): void {
  for (const place of homePlaces(home).directories) makeOwnDirectory(home, relative(home, place));
}

/** The session's worktree, or a directory of its home when it has none. */
export function workingDirectory(paths: SessionPaths): string {
  // Not through a link: the coding agent could have put one there.
  if (lstatSync(paths.worktree, { throwIfNoEntry: false })?.isDirectory()) return paths.worktree;
  makeOwnDirectory(paths.home, relative(paths.home, paths.work));
  return paths.work;
}
