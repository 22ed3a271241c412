import type { DiffWish } from "./api.ts";

/** The page that shows a diff of a session. */
export function diffAddress(session: string, { against, into, tip }: DiffWish): string {
  const query = new URLSearchParams({ id: session, view: "changes" });
  if (against === "target") query.set("against", against);
  if (into !== undefined) query.set("into", into);
  if (tip !== undefined) query.set("tip", tip);
  return `/session?${query.toString()}`;
}

/** What such an address asks for: since it began, against the branch it goes into, or exactly what one of its merges brings. */
export function readDiffAddress(query: Pick<URLSearchParams, "get">): DiffWish {
  const [tip, into] = [query.get("tip"), query.get("into")];
  if (tip !== null) return { against: "target", tip, ...(into === null ? {} : { into }) };
  return { against: query.get("against") === "target" ? "target" : "base" };
}
