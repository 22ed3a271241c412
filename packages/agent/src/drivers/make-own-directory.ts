import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes the directory `path` below `root`, and every one on the way. The coding agent owns all of `root` and could have put
 * anything there: what is no directory goes, a link itself and not what it leads to, so that nothing is made elsewhere.
 */
export function makeOwnDirectory(root: string, path: string): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  let at = root;
  for (const name of path.split("/").filter((part) => part !== "" && part !== ".")) {
    at = join(at, name);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found?.isDirectory()) continue;
    if (found) rmSync(at);
    mkdirSync(at, { mode: 0o700 });
  }
}
