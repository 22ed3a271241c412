import { lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isHarnessError, readFileSafe, systemCode } from "@harness/core";
import type { PiConfiguration } from "./configuration.ts";

const INSTRUCTIONS_LIMIT = 256 * 1024;
/** The names under which Pi itself looks, in its order. */
const INSTRUCTION_FILES = ["AGENTS.override.md", "AGENTS.md", "CLAUDE.md"];

export interface PiPlaces {
  /** Conversations. Kept. */
  readonly sessions: string;
  /** Pi's configuration directory; null when it brings its own. */
  readonly configuration: string | null;
  /** The file with the repository's instructions; null when it has none. */
  readonly instructions: string | null;
}

/**
 * Makes Pi's places below the session's home, anew for each start: what the coding agent put there meanwhile
 * (extensions, system prompts, links to elsewhere) is gone before Pi looks. No process of the session may run.
 */
export async function makePlaces(
  session: { readonly home: string; readonly directory: string },
  configuration: PiConfiguration | null,
): Promise<PiPlaces> {
  const root = join(session.home, ".pi");
  const sessions = join(root, "sessions");
  const own = join(root, "harness");
  await ensureDirectory(root);
  await ensureDirectory(sessions);
  await removeTraps(sessions);
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { mode: 0o700 });
  if (configuration) {
    await writeNew(join(own, "models.json"), JSON.stringify(configuration.models, null, 2));
    await writeNew(join(own, "settings.json"), JSON.stringify(configuration.settings, null, 2));
  }
  const text = await readInstructions(session.directory);
  const instructions = join(own, "instructions.md");
  if (text !== null) await writeNew(instructions, text);
  return { sessions, configuration: configuration && own, instructions: text === null ? null : instructions };
}

/** Whether Pi has kept any conversation of the session. */
export async function hasConversations(home: string): Promise<boolean> {
  const names = await readdir(join(home, ".pi", "sessions")).catch(() => []);
  return names.length > 0;
}

/** A directory and no link to one. */
async function ensureDirectory(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => null);
  if (facts?.isDirectory()) return;
  if (facts) await rm(path);
  await mkdir(path, { mode: 0o700 });
}

/** Pi opens every conversation to look for its own: a pipe among them would hold it for ever, a link lead it away. */
async function removeTraps(sessions: string): Promise<void> {
  for (const entry of await readdir(sessions, { withFileTypes: true }))
    if (!entry.isFile()) await rm(join(sessions, entry.name), { recursive: true, force: true });
}

async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: "wx", mode: 0o600 });
}

/** The worktree's own instructions. Pi would also read those of every directory above it, which are the person's. */
async function readInstructions(directory: string): Promise<string | null> {
  for (const name of INSTRUCTION_FILES) {
    try {
      const bytes = await readFileSafe(join(directory, name), INSTRUCTIONS_LIMIT);
      return `# Instructions of this repository, from ${name}\n\n${Buffer.from(bytes).toString("utf8")}`;
    } catch (error) {
      // A link, a directory, a giant: somebody else's file, or none for a model to read.
      if (!isHarnessError(error) && !["ENOENT", "EACCES"].includes(systemCode(error) ?? "")) throw error;
    }
  }
  return null;
}
