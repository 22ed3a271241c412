import { renameSync } from "node:fs";
import { systemCode } from "../errors.ts";
import { unlinkIfPresent } from "./durable.ts";

/** `events.jsonl.2`: higher numbers are older. */
export function rotatedPath(path: string, generation: number): string {
  return generation === 0 ? path : `${path}.${generation}`;
}

/** Makes room for a new file under `path`: every generation gets one older, the oldest goes. */
export function rotateFiles(path: string, keep: number): void {
  unlinkIfPresent(rotatedPath(path, keep));
  for (let generation = keep - 1; generation >= 0; generation -= 1) {
    try {
      renameSync(rotatedPath(path, generation), rotatedPath(path, generation + 1));
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
    }
  }
}
