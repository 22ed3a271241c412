import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SessionPaths } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import type { Answer, AskRequest, DriverSession } from "./drivers/driver.ts";
import { DRIVERS } from "./drivers/registry.ts";
import { homePlaces } from "./environment.ts";
import { openObserved } from "./model/open-observed.ts";

/** The session's driver, opened when the first turn needs it. */
export interface DriverHolder {
  /** Throws what the driver throws; the next turn tries again. */
  open(): Promise<DriverSession>;
  close(): Promise<void>;
}

export function holdDriver(context: AgentContext, ask: (request: AskRequest) => Promise<Answer>): DriverHolder {
  let opened: DriverSession | null = null;
  return {
    async open() {
      opened ??= await openDriver(context, ask);
      return opened;
    },
    async close() {
      await opened?.close();
      opened = null;
    },
  };
}

async function openDriver(
  context: AgentContext,
  ask: (request: AskRequest) => Promise<Answer>,
): Promise<DriverSession> {
  const { session, paths, choice, processes, memory } = context;
  const driver = await DRIVERS[choice.driver]?.();
  if (!driver) throw new Error(`No driver ${choice.driver}.`);
  for (const place of homePlaces(paths.home).directories) mkdirSync(place, { recursive: true, mode: 0o700 });
  const directory = workingDirectory(paths);
  return openObserved(context, (model) => {
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
      processes,
      ask,
    });
  });
}

/** The session's worktree, or a directory of its home when it has none. */
function workingDirectory(paths: SessionPaths): string {
  // Not through a link: the coding agent could have put one there.
  if (lstatSync(paths.worktree, { throwIfNoEntry: false })?.isDirectory()) return paths.worktree;
  mkdirSync(paths.work, { recursive: true, mode: 0o700 });
  return paths.work;
}
