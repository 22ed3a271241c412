import { loadBundle } from "../load-bundle.ts";
import type { FoundWall, Wall, WallInput } from "./wall.ts";

/** Where the bundle is, beside our own; set by build.ts. Absent where the sources run as they are. */
declare const WALL_BUNDLE: string | undefined;

/** The wall that session.json asks for. Loads nothing, and asks nothing of the machine, before somebody wants to know. */
export function openWall(input: WallInput): Wall {
  let finding: Promise<FoundWall> | undefined;
  return { find: () => (finding ??= load().then(({ findWall }) => findWall(input))) };
}

async function load(): Promise<{ findWall(input: WallInput): Promise<FoundWall> }> {
  if (typeof WALL_BUNDLE === "undefined") return import("./find-wall.ts");
  return loadBundle(WALL_BUNDLE) as { findWall(input: WallInput): Promise<FoundWall> };
}
