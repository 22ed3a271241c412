import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { errorCode, judgeWays, type Seen } from "../attempt.ts";

/** Opens each path as a reader would. What is in it is nobody's business, so that none of it is told. */
export function readPaths(paths: readonly string[]): Seen {
  return judgeWays(paths.map((way) => ({ way, ...readPath(way) })));
}

function readPath(path: string): { through: boolean; seen: string } {
  try {
    // Without waiting: a pipe may be there.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (fstatSync(descriptor).isDirectory())
        return { through: true, seen: `listed, ${readdirSync(path).length} names` };
      return { through: true, seen: `read, ${readSync(descriptor, Buffer.alloc(4096))} bytes` };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { through: false, seen: errorCode(error) };
  }
}
