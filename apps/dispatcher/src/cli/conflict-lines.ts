import type { FileList, Member, Pair, Side, Sighting, Told } from "../radar/schema.ts";
import { plainLine } from "./escape.ts";
import type { Terminal } from "./terminal.ts";
import { padText, textWidth } from "./text-width.ts";

const NOTHING = "Nothing collides.";

/** The lines of `harness conflicts`: what will not merge first, then what shares files. */
export function conflictLines(sightings: readonly Sighting[], terminal: Pick<Terminal, "colour">): string[] {
  const filled = sightings
    .map((sighting) => ({ sighting, rows: rowsOf(sighting) }))
    .filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return [`${NOTHING} ${countSessions(sightings)}`];
  return filled.flatMap(({ sighting, rows }, index) => [
    ...(index === 0 ? [] : [""]),
    ...(sightings.length === 1 ? [] : [terminal.colour("dim", plainLine(sighting.repository))]),
    ...alignRows(rows, terminal),
  ]);
}

interface Row {
  kind: "conflicts" | "same files" | "unknown" | "uncommitted";
  one: string;
  other: string;
  what: string;
}

function rowsOf({ pairs, sessions, uncommitted }: Sighting): Row[] {
  const order: Row["kind"][] = ["conflicts", "unknown", "same files", "uncommitted"];
  const names = new Map(sessions.map((member) => [member.session, nameOf(member)]));
  const rows = [
    ...pairs.flatMap((pair) => pairRow(pair) ?? []),
    ...sessions.flatMap((member) => targetRow(member) ?? []),
    ...uncommitted.map((list): Row => ({
      kind: "uncommitted",
      one: names.get(list.session) ?? list.session,
      other: names.get(list.with) ?? list.with,
      what: fileWords(list),
    })),
  ];
  return rows.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function pairRow({ outcome, sides: [one, other], files, more, problem }: Pair): Row | null {
  if (one === undefined || other === undefined || outcome === "clean") return null;
  const what = outcome === "unknown" ? plainLine(problem ?? "") : fileWords({ files, more });
  return { kind: outcome, one: nameOf(one), other: nameOf(other), what };
}

function targetRow(member: Member): Row | null {
  const { outcome, target } = member;
  if (outcome !== "conflicts" || target === null) return null;
  return {
    kind: "conflicts",
    one: nameOf(member),
    other: `its target ${plainLine(target.name)}`,
    what: fileWords(member),
  };
}

function alignRows(rows: readonly Row[], terminal: Pick<Terminal, "colour">): string[] {
  const widest = (pick: (row: Row) => string) => Math.max(...rows.map((row) => textWidth(pick(row))));
  const [kinds, ones, others] = [widest(({ kind }) => kind), widest(({ one }) => one), widest(({ other }) => other)];
  return rows.map(({ kind, one, other, what }) => {
    const colour = kind === "conflicts" ? "red" : kind === "unknown" ? "yellow" : "dim";
    const cells = [terminal.colour(colour, padText(kind, kinds)), padText(one, ones), padText(other, others), what];
    return cells.join("  ").trimEnd();
  });
}

function nameOf({ session, name, branch }: Pick<Side, "session" | "name" | "branch">): string {
  return plainLine(`${name ?? session} ${branch}`);
}

function fileWords({ files, more }: FileList): string {
  const shown = files.slice(0, SHOWN).map(plainLine).join(", ");
  const left = more + Math.max(0, files.length - SHOWN);
  return left === 0 ? shown : `${shown} and ${left} more`;
}

const SHOWN = 5;

function countSessions(sightings: readonly Sighting[]): string {
  const count = sightings.reduce((sum, { sessions }) => sum + sessions.length, 0);
  if (count === 0) return "No open session works on a branch.";
  return count === 1 ? "One open session works on a branch." : `${count} open sessions work on branches of their own.`;
}

/** What could not be looked at, a sentence each. */
export function problemLines(sightings: readonly Sighting[]): string[] {
  return sightings.flatMap(({ sessions }) =>
    sessions.flatMap((member) =>
      member.problem === null ? [] : [plainLine(`${nameOf(member)} was not seen whole: ${member.problem}`)],
    ),
  );
}

export function toldLine({ session, about, outcome, problem }: Told): string {
  return `${session}  ${plainLine(`${outcome} about ${about}${problem === null ? "" : `: ${problem}`}`)}`;
}
