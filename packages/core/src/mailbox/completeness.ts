/** A file must stand still this long, over two looks, before it counts as whole without saying so itself. */
export const STILL_MS = 2_000;
/** After this long without a change an empty file, or the start of one, was given up by its writer. */
export const GIVEN_UP_MS = 60_000;

export interface Appearance {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export type Content = "empty" | "prefix" | "text";

/** `whole` and `given-up` still need the answer that nobody has the file open for writing. */
export type Verdict = "wait" | "whole" | "given-up";

export function isSameAppearance(one: Appearance, other: Appearance): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

/** Whether a file that is no whole envelope is finished. `stillMs` is the monotonic time since its last visible change. */
export function judgeCompleteness(content: Content, stillMs: number): Verdict {
  if (content === "text") return stillMs >= STILL_MS ? "whole" : "wait";
  return stillMs >= GIVEN_UP_MS ? "given-up" : "wait";
}
