import { cutText } from "./cut.ts";

const WHOLE = 600;
const PART = 160;

/** What a person wants to read first of a tool's arguments, the best first. */
const TELLING = [
  ["command", "cmd", "script"],
  ["path", "file_path", "filePath", "filename", "file", "abs_path", "absolute_path", "notebook_path"],
  ["pattern", "query", "url", "uri"],
];

/** The arguments of a tool call in a readable, bounded form: a command line, a path, else `name=value` one after another. */
export function callText(text: string): string {
  const values = asObject(text);
  return cutText(values === null ? text.trim() : ofArguments(values), WHOLE);
}

function ofArguments(values: Record<string, unknown>): string {
  const first = TELLING.flat().find((name) => isTelling(values[name]));
  const others = Object.entries(values).filter(([name, value]) => name !== first && value !== null && value !== "");
  const rest = others.map(([name, value]) => `${name}=${cutText(plain(value), PART)}`);
  return [first === undefined ? "" : words(values[first]), ...rest].filter((part) => part !== "").join("  ");
}

function isTelling(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || (Array.isArray(value) && value.length > 0);
}

function words(value: unknown): string {
  return Array.isArray(value) ? value.map((word) => plain(word)).join(" ") : plain(value);
}

function plain(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s*\n\s*/g, " ⏎ ");
}

function asObject(text: string): Record<string, unknown> | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Not arguments, or cut in the middle: shown as it stands.
    return null;
  }
}
