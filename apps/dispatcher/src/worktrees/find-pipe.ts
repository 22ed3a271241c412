import { relative } from "node:path";
import { HarnessError } from "@harness/core";
import { execa } from "execa";
import { escapeLine } from "./escape.ts";
import type { GitContext } from "./git.ts";
import { searchPath } from "./git-environment.ts";

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES = 64 * 1024;

/**
 * A named pipe that git opens wherever it looks at files, and then waits for without end; null where there is none. Looked
 * for by `find`, which follows no link that is put in its way.
 */
export async function findPipe(
  { environment }: GitContext,
  { session, worktree }: { session: string; worktree: string },
): Promise<HarnessError | null> {
  const names = ["-name", ".gitignore", "-o", "-name", ".gitattributes"];
  const result = await execa("find", [worktree, "-xdev", "-type", "p", "(", ...names, ")", "-print", "-quit"], {
    env: { LC_ALL: "C", PATH: searchPath(environment) },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES,
    detached: true,
  });
  // It may have been kept from reading a folder: what it has found counts.
  const path = (result.stdout ?? "").split("\n")[0] ?? "";
  if (path === "") return null;
  const name = escapeLine(relative(worktree, path)).slice(0, 200);
  return new HarnessError(
    "session-damaged",
    `${name} in the worktree of session ${session} is a named pipe, not a file.`,
    {
      hint: "Remove it: git cannot look at the worktree while it is there.",
    },
  );
}
