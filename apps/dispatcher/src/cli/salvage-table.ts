import type { ToldSalvage } from "../salvage/tell-expiry.ts";
import { plainLine } from "./escape.ts";
import { age } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import { fitText, padText, textWidth } from "./text-width.ts";

const TITLES = ["ID", "NAME", "WHY", "BRANCH", "AGE", "FILES", "SIZE", "EXPIRES", "TASK"];
const WIDEST = [64, 20, 10, 28, 5, 9, 8, 10, Infinity];
const GAP = "  ";

/** The lines of `harness salvage ls`. */
export function salvageTable(all: readonly ToldSalvage[], terminal: Terminal, nowMs: number): string[] {
  const rows = all.map((one) =>
    [
      one.session,
      one.name ?? "-",
      one.problem === null ? one.reason : "lost",
      one.branch ?? "-",
      age(one.at, nowMs),
      describeFiles(one),
      describeBytes(one.bytes),
      one.expiresAt?.slice(0, 10) ?? "never",
      one.task ?? "",
    ].map(plainLine),
  );
  const widths = TITLES.map((title, column) => {
    const widest = Math.max(textWidth(title), ...rows.map((row) => textWidth(row[column] ?? "")));
    return terminal.columns === undefined ? widest : Math.min(widest, WIDEST[column] ?? widest);
  });
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  if (terminal.columns !== undefined) widths[widths.length - 1] = Math.max(12, terminal.columns - before);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => padText(fitText(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  return [terminal.colour("dim", line(TITLES)), ...rows.map(line)];
}

/** The head of `harness salvage show`. */
export function salvageSheet(one: ToldSalvage, nowMs: number): string[] {
  const { session, name, task, reason, at, repository, branch, commits, ref, commit, hub, ignored } = one;
  const kept = one.uncommitted.modified + one.uncommitted.untracked;
  const facts: [string, string | null][] = [
    ["session", name === null ? session : `${session} (${name})`],
    ["task", task],
    ["kept", `${age(at, nowMs)} ago, because it was ${reason}; until ${one.expiresAt ?? "somebody removes it"}`],
    ["repository", repository],
    ["branch", branch],
    ["commits", commits.length === 0 ? null : commits.slice(0, 10).join(", ")],
    ["files", kept === 0 ? null : `${describeFiles(one)} not committed`],
    ["ref", ref === null ? null : `${ref} (${commit?.slice(0, 10)}) in ${hub}`],
    ["patch", one.patch],
    ...one.moved.map((path): [string, string] => ["directory", path]),
    ["ignored", ignored.count === 0 ? null : `${ignored.count}, not kept: ${ignored.names.slice(0, 5).join(", ")}`],
    ["trash", one.trash === null ? null : `${one.trash.path} until ${one.trash.expiresAt ?? "it is emptied"}`],
    ["problem", one.problem],
  ];
  return facts.flatMap(([label, value]) => (value === null ? [] : [`${label.padEnd(11)} ${plainLine(value)}`]));
}

function describeFiles({ uncommitted: { modified, untracked } }: ToldSalvage): string {
  return modified + untracked === 0 ? "-" : `${modified}~ ${untracked}+`;
}

const UNITS: [string, number][] = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
];

function describeBytes(bytes: number): string {
  const [unit, size] = UNITS.find(([, length]) => bytes >= length) ?? ["B", 1];
  return `${Math.round(bytes / size)} ${unit}`;
}
