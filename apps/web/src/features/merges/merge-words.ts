import { looseFiles, plural } from "../../lib/format.ts";
import type { MergeItem, Preview } from "../../lib/shapes.ts";

export type Tone = "call" | "work" | "rest" | "done" | "fail";

/** Where a merge stands: a word for the mark, and a sentence. */
export interface Standing {
  tone: Tone;
  word: string;
  sentence: string;
}

const STEPS = {
  planning: "It is worked out on top of the branch.",
  gate: "The gate runs on what it comes to.",
  landing: "It is brought into the branch.",
};

export function standingOf(item: MergeItem, ahead: number): Standing {
  switch (item.state) {
    case "queued":
      return {
        tone: "rest",
        word: "waits",
        sentence: ahead === 0 ? "It is next." : `${plural(ahead, "merge")} before it.`,
      };
    case "running":
      return {
        tone: "work",
        word: item.step === "gate" ? "gate runs" : "runs",
        sentence: STEPS[item.step ?? "planning"],
      };
    case "needs approval":
      return {
        tone: "call",
        word: "needs you",
        sentence: "It has findings. Nothing is merged before you say yes to exactly this commit.",
      };
    case "ended":
      return ending(item);
  }
}

const TONES: Record<NonNullable<MergeItem["outcome"]>, Tone> = {
  merged: "done",
  waiting: "call",
  conflict: "fail",
  "gate failed": "fail",
  refused: "fail",
  cancelled: "rest",
};

function ending(item: MergeItem): Standing {
  const { outcome, merge, error } = item;
  if (outcome === null) return { tone: "rest", word: "ended", sentence: "" };
  const word = outcome === "waiting" ? "waits on a branch" : outcome;
  const line = merge?.line ?? error?.message ?? "";
  // The command at its end stands below, where it can be copied.
  const take = merge?.take ?? "";
  const sentence = take !== "" && line.endsWith(take) ? line.slice(0, -take.length).trimEnd() : line;
  return { tone: TONES[outcome], word, sentence: outcome === "gate failed" ? gateSentence(item) : sentence };
}

function gateSentence({ into, gate, error }: MergeItem): string {
  const blame =
    error?.details["isTargetRed"] === true
      ? `The gate of ${into} is red, with this merge and without it`
      : "The gate is red with this merge, and green without it";
  return `${blame}${gate === null ? "" : ` (${gate.ended})`}. Nothing was merged.`;
}

/** The files that did not fit. What another program put there is left out. */
export function conflictFiles({ outcome, error }: MergeItem): string[] {
  const files: unknown = outcome === "conflict" ? error?.details["files"] : undefined;
  return Array.isArray(files) ? files.filter((file): file is string => typeof file === "string") : [];
}

export const HOWS: Record<MergeItem["how"], { name: string; means: string }> = {
  "merge-commit": { name: "Merge commit", means: "its commits stay, below one that takes them in" },
  squash: { name: "Squash", means: "all of it becomes one new commit" },
  rebase: { name: "Rebase", means: "its commits one by one on top, without a merge commit" },
};

/** What a merge would come to, in a sentence. */
export function outlook({ outcome, into, files }: Pick<Preview, "outcome" | "into" | "files">): string {
  if (outcome === "clean") return `It fits into ${into}.`;
  if (outcome === "nothing") return `${into} has all of it already.`;
  return `It conflicts with ${into} in ${plural(files.length, "file")}.`;
}

export function describeUncommitted(uncommitted: MergeItem["uncommitted"]): string {
  const loose = looseFiles(uncommitted);
  return loose === "" ? "" : `Not committed, so not part of it: ${loose}.`;
}

/** The gate as config.yaml says it: a shell line, or words. */
export function gateLine([program = "", flag = "", ...rest]: readonly string[]): string {
  return program === "sh" && flag === "-c" ? rest.join(" ") : [program, flag, ...rest].join(" ").trimEnd();
}
