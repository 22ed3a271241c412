import { cp, lstat, mkdir, readdir } from "node:fs/promises";
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
  // Without it Pi only starts slower.
  await copy(from, join(temporary, NAME)).catch(() => {});
}

// Node looks in a folder that ends with the number of its user, who is not always the one that built Harness.
async function copy(from: string, to: string): Promise<void> {
  const user = process.getuid?.();
  const names = await readdir(from);
  await mkdir(to, { mode: 0o700 });
  for (const name of names) {
    const own = user === undefined ? name : name.replace(/-\d+$/, `-${user}`);
    await cp(join(from, name), join(to, own), { recursive: true, errorOnExist: true, force: false });
  }
}
