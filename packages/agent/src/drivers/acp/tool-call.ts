import { dig } from "./failure.ts";
import { isRecord, type Frame } from "./frames.ts";
import { clipMiddle, jsonText, oneLine } from "./text.ts";

const TEXT_LIMIT = 4 * 1024;
const PARTS = 20;

/** What a tool was called with: its command, its file, or what the agent shows of it. Pure. */
export function describeCall(call: Frame): string {
  for (const name of ["command", "cmd", "file_path", "path", "url", "pattern", "query"]) {
    const found = dig(call, ["rawInput", name]);
    if (typeof found === "string" && found !== "") return clipMiddle(found, TEXT_LIMIT);
    if (Array.isArray(found))
      return clipMiddle(
        found
          .slice(0, PARTS)
          .filter((part) => typeof part === "string")
          .join(" "),
        TEXT_LIMIT,
      );
  }
  const { locations } = call;
  const path = Array.isArray(locations) ? dig(locations[0], ["path"]) : undefined;
  if (typeof path === "string" && path !== "") return oneLine(path, TEXT_LIMIT);
  const input = call["rawInput"];
  return contentText(call) || (isRecord(input) && Object.keys(input).length > 0 ? jsonText(input, 1024) : "");
}

/** A title without what the call's own text tells again: `shell · npm te…` of the call `npm test` is `shell`. Pure. */
export function withoutText(title: string, text: string): string {
  const [, name, rest] = /^(.+?) \u00b7 (.+?)(?:\u2026|\.\.\.)*$/s.exec(title) ?? [];
  return name !== undefined && rest !== undefined && oneLine(text, TEXT_LIMIT).startsWith(rest) ? name : title;
}

/** What a tool gave back. Pure. */
export function describeResult(call: Frame): string {
  const text = contentText(call);
  const { rawOutput } = call;
  if (text !== "" || rawOutput === undefined || rawOutput === null) return text;
  if (typeof rawOutput === "string") return clipMiddle(rawOutput, TEXT_LIMIT);
  for (const name of ["formatted_output", "aggregated_output", "output", "stdout"]) {
    const found = dig(rawOutput, [name]);
    if (typeof found === "string" && found !== "") return clipMiddle(found, TEXT_LIMIT);
  }
  return jsonText(rawOutput, TEXT_LIMIT);
}

/** The texts of `content`, and the names of the files it changes. Pure. */
export function contentText({ content }: Frame): string {
  if (!Array.isArray(content)) return "";
  const parts = content.slice(0, PARTS).map((part: unknown) => {
    const text = dig(part, ["content", "text"]);
    if (typeof text === "string") return text;
    const path = dig(part, ["path"]);
    return dig(part, ["type"]) === "diff" && typeof path === "string" ? `changes ${oneLine(path, 500)}` : "";
  });
  return clipMiddle(parts.filter((part) => part !== "").join("\n"), TEXT_LIMIT);
}
