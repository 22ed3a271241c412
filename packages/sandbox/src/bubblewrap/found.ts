import { statSync } from "node:fs";
import type { Features } from "./features.ts";

/** What one process has found out by starting bubblewrap, in words for another one, which then need not. */
export function tellFound(features: Features): string {
  return JSON.stringify({ features, copy: nameCopy(features.program) });
}

/** Null where nothing was told, or it was of another copy of the program. */
export function readFound(text: string | undefined): Features | null {
  if (text === undefined || text === "") return null;
  try {
    const { features, copy } = JSON.parse(text) as { features: Features; copy: string };
    return copy === nameCopy(features.program) ? features : null;
  } catch {
    // It is gone, or these are no words of ours: whoever asks finds out for itself.
    return null;
  }
}

function nameCopy(program: string): string {
  const { dev, ino, size, mode, mtimeMs, ctimeMs } = statSync(program);
  return [dev, ino, size, mode, mtimeMs, ctimeMs].join("-");
}
