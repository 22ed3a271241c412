import { existsSync, readFileSync } from "node:fs";
import { ROLES } from "./roles.ts";

export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Whether a copy of the shared file holds somebody's edit, and where. */
export function whereIs(mark: string, text: string): string {
  const line = text.split("\n").findIndex((one) => one.includes(mark)) + 1;
  return line === 0 ? "no" : `yes, line ${line}`;
}

/** The text with the name of whoever wrote it behind each line that was edited. */
export function markLines(text: string): string {
  const lines = text.split("\n");
  const width = Math.max(...lines.map((line) => line.length));
  const nameOf = (line: string) => ROLES.find(({ mark }) => line.includes(mark))?.name;
  return lines.map((line) => (nameOf(line) ? `${line.padEnd(width)}  <- ${nameOf(line)}` : line)).join("\n");
}
