import type { FileList } from "./schema.ts";

const SHOWN = 20;
const PATH_LENGTH = 300;

/** The first files by name. All texts are a session's: bounded here, escaped where they are shown. */
export function listFiles(paths: Iterable<string>): FileList {
  const sorted = [...new Set(paths)].toSorted();
  const files = sorted
    .slice(0, SHOWN)
    .map((path) => (path.length > PATH_LENGTH ? `${path.slice(0, PATH_LENGTH)}…` : path));
  return { files, more: sorted.length - files.length };
}

/** What both lists hold. The cost is that of the shorter one. */
export function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  const [few, many] = one.size <= other.size ? [one, other] : [other, one];
  return [...few].filter((path) => many.has(path));
}
