import { cp, lstat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { OpenOptions } from "../driver.ts";

/** Where Node keeps what it has compiled, below the directory for temporary files. */
const NAME = "node-compile-cache";

/**
 * Gives a session its own copy of what Node made of Pi's sources when Harness was built (`agent.compileCache` of
 * session.json): a quarter of Pi's start is compiling them again. No process of the session may run.
 */
export async function copyCompileCache({
  choice,
  processes,
}: Pick<OpenOptions, "choice" | "processes">): Promise<void> {
  const from = choice["compileCache"];
  const temporary = processes.environment["TMPDIR"];
  if (typeof from !== "string" || !isAbsolute(from) || temporary === undefined) return;
  // Not through a link, and not over what is there: the coding agent could have put it there.
  if (!(await lstat(temporary).catch(() => null))?.isDirectory()) return;
  const options = { recursive: true, errorOnExist: true, force: false } as const;
  // Without it Pi only starts slower.
  await cp(from, join(temporary, NAME), options).catch(() => {});
}
