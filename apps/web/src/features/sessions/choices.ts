import type { OpenQuestion } from "../../lib/shapes.ts";

/** An answer that a question offers. */
export interface Choice {
  readonly id: string;
  /** What it does, in our words; empty where the coding agent does not say. */
  readonly word: string;
  /** What the coding agent calls it; empty where that says no more than our word. */
  readonly label: string;
}

/** What an option does is its kind: its label is whatever the coding agent wrote. A refusal stands before a consent. */
const KINDS: readonly { kind: string; word: string; says: RegExp }[] = [
  { kind: "reject_once", word: "Deny", says: /^(deny|reject|refuse|no)( once)?$/i },
  { kind: "reject_always", word: "Deny always", says: /^(always )?(deny|reject|refuse)( always)?$/i },
  { kind: "allow_once", word: "Approve once", says: /^(allow|approve|accept|yes)( once)?$/i },
  { kind: "allow_always", word: "Approve always", says: /^(always )?(allow|approve|accept)( always)?$/i },
];

/** The answers of a question in the order in which they are offered. */
export function choicesOf({ kind, options = [] }: Pick<OpenQuestion, "kind" | "options">): Choice[] {
  const rank = (option: { kind?: string | undefined }) => KINDS.findIndex((known) => known.kind === option.kind);
  if (kind !== "permission" || options.some((option) => rank(option) < 0))
    return options.map(({ id, label }) => ({ id, word: "", label }));
  return options
    .toSorted((a, b) => rank(a) - rank(b))
    .map((option) => {
      const { word = "", says } = KINDS[rank(option)] ?? {};
      return { id: option.id, word, label: says?.test(option.label.trim().replaceAll("_", " ")) ? "" : option.label };
    });
}
