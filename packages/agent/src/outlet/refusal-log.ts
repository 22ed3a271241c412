import type { OutletLine, Refused } from "../wall/outlet-line.ts";

const MINUTE_MS = 60_000;
const MOST = 60;

/** A line for each refusal; where there are too many in a minute, the next line counts those that had none. */
export function createRefusalLog(tell: (line: OutletLine) => void, monotonic: () => number): (each: Refused) => void {
  let since = monotonic();
  let told = 0;
  let more = 0;
  return (refused) => {
    const now = monotonic();
    if (now - since >= MINUTE_MS) [since, told] = [now, 0];
    if (told >= MOST) return void more++;
    told += 1;
    tell({ type: "refused", ...refused, ...(more === 0 ? {} : { more }) });
    more = 0;
  };
}
