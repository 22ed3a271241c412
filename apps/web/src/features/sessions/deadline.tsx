"use client";

import { duration, elapsedMs } from "../../lib/format.ts";
import { useNow } from "../../lib/now.ts";

/** How long there is to answer. */
export function Deadline({ at, isPermission }: { at: string; isPermission: boolean }) {
  const past = elapsedMs(at, useNow());
  if (past === undefined) return null;
  const outcome = isPermission ? "Refused" : "Goes on without an answer";
  return <p className="text-sm text-soft">{past >= 0 ? "Its time is over." : `${outcome} in ${duration(-past)}`}</p>;
}
