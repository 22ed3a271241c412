import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

/**
 * Where something is mounted in that tree, below its path: `a/b`, and the empty path where it is mounted there itself.
 * Whatever is mounted has the same device number where it comes from the same file system.
 */
export function mountsIn(path: string): string[] {
  const at = realPlace(path);
  if (at === null) return [];
  return readMountPoints()
    .filter((point) => point === at || point.startsWith(`${at}${sep}`))
    .map((point) => point.slice(at.length + 1));
}

/** Of the last name nothing is followed: a link is deleted as one. */
function realPlace(path: string): string | null {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // There is nothing there.
    return null;
  }
}

function readMountPoints(): string[] {
  let table: string;
  try {
    table = readFileSync("/proc/self/mountinfo", "latin1");
  } catch {
    // Not Linux.
    return [];
  }
  return table
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map(decode);
}

/** The kernel writes white space and backslashes as octal numbers, and all else as the bytes that it is. */
function decode(field: string): string {
  const bytes = field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
