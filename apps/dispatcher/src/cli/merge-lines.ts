import type { MergeItem } from "../merges/item.ts";
import { age } from "./format.ts";
import { plainLine } from "./escape.ts";
import { padText, textWidth } from "./text-width.ts";
import type { Terminal } from "./terminal.ts";

const TITLES = ["ID", "STATE", "SESSION", "BRANCH", "INTO", "COMMIT", "AGE"];

/** The lines of `harness merges`. */
export function mergeTable(items: readonly MergeItem[], terminal: Terminal, nowMs: number): string[] {
  const rows = items.map((item) =>
    [
      item.id,
      stateOf(item),
      item.session,
      item.branch,
      item.into,
      item.tip.slice(0, 10) || "-",
      age(item.createdAt, nowMs),
    ].map(plainLine),
  );
  const widths = TITLES.map((title, column) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => padText(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [terminal.colour("dim", line(TITLES)), ...rows.map(line)];
}

/** How far it is, or what became of it. */
export function stateOf({ state, step, outcome }: MergeItem): string {
  if (state === "ended") return outcome ?? state;
  return state === "running" ? (step ?? state) : state;
}

export const UNWALLED = "Its gate ran without a sandbox.";

/** What its gate ran could have read and changed whatever the person can. */
export function isUnwalled({ gate }: MergeItem): boolean {
  return gate?.sandbox === "none";
}

/** One merge in one line, or why there is none. */
export function mergeLine(item: MergeItem): string {
  const { session, branch, merge, error } = item;
  if (merge !== null) return isUnwalled(item) ? `${merge.line} ${UNWALLED}` : merge.line;
  if (error !== null) return `${session}: ${error.message}`;
  if (item.state !== "needs approval") return `${session}: ${branch} is ${stateOf(item)} (${item.id}).`;
  const count = (item.findings?.list.length ?? 0) + (item.findings?.more ?? 0);
  return `${session}: needs approval for ${count} ${count === 1 ? "thing" : "things"} that may later run. \`harness merge ${session}\` lists them.`;
}
