import type { FileDiff } from "../src/lib/shapes.ts";

type Hunk = FileDiff["hunks"][number];
const KINDS: Record<string, "added" | "removed" | "context"> = { "+": "added", "-": "removed", " ": "context" };

/** A hunk from lines as a patch has them. */
export function hunk(lines: readonly string[], { oldStart = 1, newStart = 1, heading = "" } = {}): Hunk {
  let [old, fresh] = [oldStart, newStart];
  const parsed = lines.map((line) => {
    const kind = KINDS[line.charAt(0)] ?? "context";
    const numbers = { old: kind === "added" ? null : old++, new: kind === "removed" ? null : fresh++ };
    return { kind, ...numbers, text: line.slice(1) };
  });
  return { oldStart, newStart, heading, oldLines: old - oldStart, newLines: fresh - newStart, lines: parsed };
}

/** A changed file as the API tells it, of which a test says only what it is about. */
export function fileDiff(facts: Partial<FileDiff> = {}): FileDiff {
  return {
    path: "src/a.ts",
    from: null,
    status: "modified",
    added: 1,
    removed: 1,
    oldMode: "100644",
    newMode: "100644",
    oldOid: "a".repeat(40),
    newOid: "b".repeat(40),
    hunks: [],
    cut: false,
    hidden: false,
    uncommitted: null,
    ...facts,
  };
}
