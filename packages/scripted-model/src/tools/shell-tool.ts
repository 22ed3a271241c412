import type { OfferedTool } from "../conversation/call.ts";
import { fillRequired, findProperty, requiredNames, typesOf } from "./schema.ts";
import type { ToolUse } from "./tool-use.ts";

const commandProperties = ["command", "cmd"];

// What the shell is called by coding agents: Pi and OpenCode bash, Claude Code Bash, Codex exec_command (earlier shell,
// shell_command), Goose shell (earlier developer__shell), Gemini CLI run_shell_command, OpenClaw exec.
const shellNames = [
  "bash",
  "shell",
  "exec_command",
  "shell_command",
  "run_shell_command",
  "execute_command",
  "run_command",
  "run_terminal_command",
  "exec",
  "terminal",
];

/** How these tools run a shell command, or null where none of them can. */
export function callShell(tools: OfferedTool[], command: string): ToolUse | null {
  const able = tools.filter(({ schema }) => findProperty(schema, commandProperties) !== null);
  const tool =
    shellNames.map((name) => able.find((offered) => plainName(offered.name) === name)).find(Boolean) ??
    able.find(({ schema }) => requiredNames(schema).some((name) => commandProperties.includes(name)));
  const property = tool && findProperty(tool.schema, commandProperties);
  if (!tool || !property) return null;
  const types = typesOf(property.schema);
  const value = types.includes("array") && !types.includes("string") ? ["bash", "-c", command] : command;
  return { name: tool.name, input: fillRequired(tool.schema, { [property.name]: value }) };
}

/** A tool's name without the server it comes from (`developer__shell`) and without capitals. */
export function plainName(name: string): string {
  return name
    .slice(name.lastIndexOf("__") + 1)
    .replace(/^_/, "")
    .toLowerCase();
}
