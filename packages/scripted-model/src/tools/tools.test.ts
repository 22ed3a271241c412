import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { OfferedTool } from "../conversation/call.ts";
import { callShell } from "./shell-tool.ts";
import { callWriter } from "./write-tool.ts";

const text = { type: "string" };
const tool = (name: string, properties: Record<string, unknown>, required: string[]): OfferedTool => ({
  name,
  schema: { type: "object", properties, required },
});
const read = tool("read", { path: text }, ["path"]);

// As these agents offer them, reduced to what matters here.
const shells: Record<string, { offered: OfferedTool; input: unknown }> = {
  Pi: {
    offered: tool("bash", { command: text, timeout: { type: "number" } }, ["command"]),
    input: { command: "ls" },
  },
  "Pi, asking a model of Anthropic": {
    offered: tool("bash", { command: text, timeout: { anyOf: [{ type: "number" }, { type: "null" }] } }, [
      "command",
      "timeout",
    ]),
    input: { command: "ls", timeout: null },
  },
  "Claude Code": {
    offered: tool("Bash", { command: text, description: text }, ["command"]),
    input: { command: "ls" },
  },
  OpenCode: {
    offered: tool("bash", { command: text, timeout: { type: "number" }, description: text }, [
      "command",
      "description",
    ]),
    input: { command: "ls", description: "scripted description" },
  },
  Codex: { offered: tool("exec_command", { cmd: text, workdir: text }, ["cmd"]), input: { cmd: "ls" } },
  "an older Codex": {
    offered: tool("shell", { command: { type: "array", items: text }, workdir: text }, ["command"]),
    input: { command: ["bash", "-c", "ls"] },
  },
  Goose: { offered: tool("shell", { command: text }, ["command"]), input: { command: "ls" } },
  "an older Goose": { offered: tool("developer__shell", { command: text }, ["command"]), input: { command: "ls" } },
  "Gemini CLI": {
    offered: tool("run_shell_command", { command: { type: "STRING" } }, ["command"]),
    input: { command: "ls" },
  },
  OpenClaw: {
    offered: tool("exec", { command: text, pty: { type: "boolean" } }, ["command"]),
    input: { command: "ls" },
  },
  "an agent nobody knows": {
    offered: tool("Perform", { command: text, confirmed: { type: "boolean" } }, ["command", "confirmed"]),
    input: { command: "ls", confirmed: false },
  },
};

test.for(Object.entries(shells))("a command runs in the shell of %s", ([, { offered, input }]) => {
  expect(callShell([read, offered], "ls")).toEqual({ name: offered.name, input });
});

test("a tool that only looks like a shell by its name is not one", () => {
  expect(callShell([tool("bash", { script: text }, ["script"]), read], "ls")).toBeNull();
});

const file = { path: "sub/note.txt", content: "it's\n" };

test.for<[string, OfferedTool, unknown]>([
  [
    "Pi",
    tool("write", { path: { type: "string", description: "relative or absolute" }, content: text }, ["path"]),
    { path: file.path, content: file.content },
  ],
  [
    "Goose",
    tool("write", { path: text, content: text }, ["path", "content"]),
    { path: file.path, content: file.content },
  ],
  [
    "Gemini CLI",
    tool("write_file", { file_path: text, content: text }, []),
    { file_path: file.path, content: file.content },
  ],
])("a file is written with the tool of %s", ([, offered, input]) => {
  expect(callWriter([read, offered], file)).toEqual({ name: offered.name, input });
});

test("a tool that wants an absolute path is given one, and is passed over for a relative one", () => {
  const path = { type: "string", description: "The absolute path to the file (must be absolute, not relative)" };
  const tools = [tool("Write", { file_path: path, content: text }, ["file_path", "content"])];
  expect(callWriter(tools, { ...file, path: "/tmp/note.txt" })?.input).toEqual({
    file_path: "/tmp/note.txt",
    content: file.content,
  });
  expect(callWriter(tools, file)).toBeNull();
});

test("where nothing writes files, the shell does, whatever is in them", () => {
  const directory = mkdtempSync(join(tmpdir(), "scripted-model-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const awkward = { path: "-a/it's $HOME.txt", content: 'it\'s `not` $run \\n %s\n"end"' };
  const command = callWriter([tool("exec_command", { cmd: text }, ["cmd"])], awkward)?.input["cmd"];
  execFileSync("sh", ["-c", String(command)], { cwd: directory });
  expect(readFileSync(join(directory, awkward.path), "utf8")).toBe(awkward.content);
});
