import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Everything that stands below a directory, and it itself. */
export function pathsBelow(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return [directory, ...entries.map(({ parentPath, name }) => join(parentPath, name))];
}
