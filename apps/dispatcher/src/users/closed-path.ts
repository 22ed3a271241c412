import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

const ENTER = 0o001;
const READ = 0o004;

/**
 * The first part of a path that keeps users other than its owner out, with its mode; null where there is none. A file has
 * to be readable as well.
 */
export function findClosed(path: string): string | null {
  const real = realpathSync(path);
  const facts = statSync(real);
  const wanted = facts.isDirectory() ? ENTER : READ;
  if ((facts.mode & wanted) === 0) return describe(real, facts.mode);
  return findClosedAbove(real);
}

/** The same without the last part, which need not be there. */
export function findClosedAbove(path: string): string | null {
  for (let at = nearest(path); ; at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & ENTER) === 0) return describe(at, mode);
    if (at === "/") return null;
  }
}

/** The real directory that it is in, or would be in. */
function nearest(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch {
    return existing(dirname(path));
  }
}

function existing(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return existing(dirname(path));
  }
}

function describe(path: string, mode: number): string {
  return `${path} (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`;
}
