"use client";

import { duration, elapsedMs } from "../../lib/format.ts";
import { useNow } from "../../lib/now.ts";

/** How long ago `since` (ISO) was, counting up. */
export function Elapsed({ since }: { since: string }) {
  const ms = elapsedMs(since, useNow());
  if (ms === undefined) return "–";
  return (
    <time dateTime={since} title={new Date(since).toLocaleString("en-GB")}>
      {duration(ms)}
    </time>
  );
}
