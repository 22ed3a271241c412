import { isAbsolute } from "node:path";
import type { OfferedTool } from "../conversation/call.ts";
import { fillRequired, findProperty, type Schema } from "./schema.ts";
import { plainName, callShell } from "./shell-tool.ts";
import type { ToolUse } from "./tool-use.ts";

const writeNames = ["write", "write_file", "create_file", "write_to_file"];
const pathProperties = ["path", "file_path", "filePath", "absolute_path", "filename"];
const contentProperties = ["content", "contents", "file_text", "text"];

/** How these tools write a file, with the shell where nothing better is offered; null where none of them can. */
export function callWriter(tools: OfferedTool[], file: { path: string; content: string }): ToolUse | null {
  for (const wanted of writeNames) {
    const tool = tools.find(({ name }) => plainName(name) === wanted);
    const path = tool && findProperty(tool.schema, pathProperties);
    const content = tool && findProperty(tool.schema, contentProperties);
    if (!tool || !path || !content || (wantsAbsolute(path.schema) && !isAbsolute(file.path))) continue;
    const input = { [path.name]: file.path, [content.name]: file.content };
    return { name: tool.name, input: fillRequired(tool.schema, input) };
  }
  return callShell(tools, writeCommand(file));
}

// The current directory of an agent is not known here, so that a relative path cannot be made absolute.
function wantsAbsolute({ description }: Schema): boolean {
  if (typeof description !== "string") return false;
  return /absolute/i.test(description) && !/relative or absolute|absolute or relative/i.test(description);
}

function writeCommand({ path, content }: { path: string; content: string }): string {
  const parent = path.includes("/") ? `mkdir -p -- "$(dirname -- ${quote(path)})" && ` : "";
  return `${parent}printf %s ${quote(content)} > ${quote(path)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
