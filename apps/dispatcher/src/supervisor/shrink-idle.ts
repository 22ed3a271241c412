import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

const QUIET_SCANS = 5;

/**
 * Called at every scan with the number of what has happened so far. Once after work, when nothing more happens, it gives
 * memory back: Node never does by itself once idle.
 */
export function createIdleShrink(shrink: () => void = collectGarbage): (happened: number) => void {
  let last = 0;
  let quiet = 0;
  return (happened) => {
    quiet = happened === last ? quiet + 1 : 0;
    last = happened;
    if (quiet === QUIET_SCANS) shrink();
  };
}

// Started without --expose-gc.
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as Collect;
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
