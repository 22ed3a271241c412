import { failureHint, failureWords, turnFacts } from "@harness/core/telling";
import { clockTime } from "../../lib/format.ts";
import type { SessionEvent } from "../../lib/shapes.ts";

/** What a turn came to, beside its words. */
export interface TurnOutcome {
  readonly failure?: { readonly words: string; readonly text: string; readonly hint: string };
  /** What it did and cost, a sentence each. */
  readonly facts?: readonly string[];
}

/** Read from an event that any program may have written: what is not as it should be is left out. */
export function outcomeOf(event: SessionEvent): TurnOutcome {
  const failure = failureOf(fieldsOf(event["failure"]));
  const facts = factsOf(fieldsOf(event["worktree"]), fieldsOf(event["usage"]));
  return { ...(failure === null ? {} : { failure }), ...(facts.length === 0 ? {} : { facts }) };
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null ? (value as Fields) : null;
}

function failureOf(fields: Fields | null): TurnOutcome["failure"] | null {
  if (fields === null) return null;
  const { code, text, retryAt } = fields;
  if (typeof code !== "string") return null;
  const said = { code, ...(typeof retryAt === "string" ? { retryAt } : {}) };
  return { words: failureWords(said), hint: failureHint(said, clockTime), text: typeof text === "string" ? text : "" };
}

function factsOf(worktree: Fields | null, usage: Fields | null): string[] {
  const count = (name: string) => (typeof usage?.[name] === "number" ? { [name]: usage[name] } : {});
  const counted = { ...count("inputTokens"), ...count("outputTokens"), ...count("costUsd") };
  if (worktree === null || typeof worktree["changed"] !== "number") return turnFacts({ usage: counted });
  const { changed, head } = worktree;
  const [moved, more] = [worktree["moved"] === true, worktree["more"] === true];
  return turnFacts({
    worktree: { changed, more, moved, ...(typeof head === "string" ? { head } : {}) },
    usage: counted,
  });
}
