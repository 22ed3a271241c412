import { systemCode } from "../errors.ts";
import { openDirectorySafe, type SafeDirectory } from "../fs/safe-open.ts";
import type { Box } from "../layout/session-directory.ts";
import { makeBox, makeBoxAlone } from "./box-directories.ts";

/**
 * Lets a publisher work in the mailbox of somebody whom it does not trust: its directories are held open, so that a link in
 * the place of one of them leads nowhere. Throws `session-damaged` where there is one, `session-not-found`.
 */
export async function withHeldBox<T>(box: Box, work: (box: Box) => Promise<T>): Promise<T> {
  const opened: SafeDirectory[] = [];
  const hold = (directory: SafeDirectory) => {
    opened.push(directory);
    return directory;
  };
  try {
    const top = hold(await openBox(box));
    makeBox({ ...box, path: top.path, tmp: below(top, box.tmp) });
    // What is not there has nothing in it.
    const pathOf = (path: string) => {
      const directory = top.open(nameOf(path));
      return directory === null ? below(top, path) : hold(directory).path;
    };
    const { tmp, claimed, done, bad } = box;
    return await work({
      path: top.path,
      tmp: pathOf(tmp),
      claimed: pathOf(claimed),
      done: pathOf(done),
      bad: pathOf(bad),
    });
  } finally {
    for (const directory of opened) directory.close();
  }
}

async function openBox(box: Box): Promise<SafeDirectory> {
  try {
    return await openDirectorySafe(box.path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    // Nothing below it, as that would be made by its path, where a link may stand by then.
    makeBoxAlone(box);
    return openDirectorySafe(box.path);
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const below = (top: SafeDirectory, path: string) => `${top.path}/${nameOf(path)}`;
