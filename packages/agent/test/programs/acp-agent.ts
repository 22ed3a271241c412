// A coding agent that speaks the Agent Client Protocol in plain lines and does what its prompt says: a JSON list of steps.
// Any other prompt is said back in capitals. Conversations are kept in its HOME, so that another process can load them.

import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

type Json = Record<string, any>; // eslint-disable-line typescript/no-explicit-any

const flags = new Set(process.argv.slice(2));
const store = join(process.env["HOME"] ?? ".", "conversations.json");
const STUBBORN = "trap '' TERM HUP INT; while :; do sleep 1; done";
const waiting = new Map<unknown, (answer: Json) => void>();
/** What it ends when it is cancelled. Strays are left alone: they would heed a signal until their traps are set. */
const children: ChildProcess[] = [];
let nextId = 1000;
let cancelled = false;
let stop = () => {};

function out(text: string): void {
  // Whole, whatever the pipe takes at once.
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

const send = (message: Json) => out(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const update = (sessionId: string, content: Json) =>
  send({ method: "session/update", params: { sessionId, update: content } });
const say = (sessionId: string, text: string) =>
  update(sessionId, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } });

function ask(method: string, params: Json): Promise<Json> {
  const id = nextId++;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function conversations(): Record<string, string[]> {
  return existsSync(store) ? (JSON.parse(readFileSync(store, "utf8")) as Record<string, string[]>) : {};
}

function remember(id: string, text: string | null): void {
  const all = conversations();
  all[id] = [...(all[id] ?? []), ...(text === null ? [] : [text])];
  writeFileSync(store, JSON.stringify(all));
}

function start(line: string): ChildProcess {
  return spawn("sh", ["-c", line], { stdio: "ignore" });
}

/** The last line that is a list; what the client puts before it is no step. */
function readSteps(text: string): Json[] | null {
  const line = text
    .trimEnd()
    .split("\n")
    .findLast((each) => each.startsWith("["));
  try {
    return line === undefined ? null : (JSON.parse(line) as Json[]);
  } catch {
    return null;
  }
}

async function prompt(id: unknown, { sessionId, prompt: blocks }: Json): Promise<void> {
  const text = (blocks as Json[]).map((block) => String(block["text"])).join("");
  remember(sessionId, text);
  cancelled = false;
  const steps = readSteps(text);
  if (!steps) say(sessionId, text.toUpperCase());
  let result: Json = { stopReason: "end_turn" };
  for (const step of steps ?? []) {
    if (cancelled) break;
    if (step["end"]) result = step["end"];
    else if (step["error"]) return send({ id, error: step["error"] });
    else if (await doStep({ id, sessionId, text }, step)) return;
  }
  send({ id, result: cancelled ? { stopReason: "cancelled" } : result });
}

/** True when the prompt is not to be answered any more. */
async function doStep({ id, sessionId, text }: Json, step: Json): Promise<boolean> {
  if (step["say"] !== undefined) say(sessionId, step["say"]);
  if (step["times"] !== undefined) for (let n = 0; n < step["times"]; n += 1) say(sessionId, `${n} `);
  if (step["update"]) update(step["of"] ?? sessionId, step["update"]);
  if (step["raw"] !== undefined) out(step["raw"]);
  if (step["flood"] !== undefined) for (let n = 0; n < step["flood"]; n += 65536) out("x".repeat(65536));
  if (step["prompt"]) say(sessionId, text);
  if (step["pid"]) say(sessionId, String(process.pid));
  if (step["stderr"] !== undefined) process.stderr.write(step["stderr"]);
  if (step["env"]) say(sessionId, process.env[step["env"]] ?? "");
  if (step["history"]) say(sessionId, JSON.stringify(conversations()[sessionId]));
  if (step["permission"]) {
    say(sessionId, JSON.stringify(await ask("session/request_permission", { sessionId, ...step["permission"] })));
  }
  if (step["elicit"]) say(sessionId, JSON.stringify(await ask("elicitation/create", { sessionId, ...step["elicit"] })));
  if (step["request"]) say(sessionId, JSON.stringify(await ask(step["request"], step["params"] ?? {})));
  if (step["requests"]) {
    for (let n = 0; n < step["requests"]; n += 1)
      void ask("session/request_permission", { sessionId, ...step["each"] });
  }
  if (step["stray"]) start(`setsid sh -c "${STUBBORN}" & ${STUBBORN}`);
  if (step["child"]) children.push(start("exec sleep 1000"));
  // Together with the answer, in one write: what follows an answer is heard late or never.
  if (step["burst"]) {
    const chunk = (n: number) => ({
      jsonrpc: "2.0",
      method: "session/update",
      params: { sessionId, update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text: `${n} ` } } },
    });
    const lines = Array.from({ length: step["burst"] }, (_, n) => chunk(n));
    const answer = { jsonrpc: "2.0", id, result: { stopReason: "end_turn" } };
    out(`${[...lines, answer].map((line) => JSON.stringify(line)).join("\n")}\n`);
    return true;
  }
  if (step["exit"] !== undefined) process.exit(step["exit"]);
  if (step["kill"]) process.kill(process.pid, "SIGKILL");
  if (step["hangOnce"] && !existsSync(`${store}.hung`)) {
    writeFileSync(`${store}.hung`, "");
    await new Promise<void>((resolve) => (stop = resolve));
  }
  if (step["hang"]) await new Promise<void>((resolve) => (stop = resolve));
  return false;
}

function initialize(): Json {
  return {
    protocolVersion: flags.has("--version-2") ? 2 : 1,
    agentCapabilities: {
      loadSession: !flags.has("--no-load"),
      ...(flags.has("--resume") ? { sessionCapabilities: { resume: {} } } : {}),
    },
  };
}

const modes = () => ({
  currentModeId: "careful",
  availableModes: ["careful", "agent-full-access"].map((id) => ({ id, name: id })),
});

function open(method: string, params: Json): Json | null {
  const { sessionId } = params;
  if (method === "session/new") {
    const id = `conversation-${randomUUID()}`;
    remember(id, null);
    return { sessionId: id, modes: modes() };
  }
  if (flags.has("--crash-on-load")) process.exit(7);
  if (!conversations()[sessionId]) return null;
  if (method === "session/load") for (const text of conversations()[sessionId] ?? []) say(sessionId, `again: ${text}`);
  return { modes: modes() };
}

function handle(message: Json): void {
  const { id, method, params } = message;
  if (method === undefined) {
    waiting.get(id)?.(message["result"] ?? message["error"]);
    waiting.delete(id);
  } else if (method === "initialize") {
    if (!flags.has("--silent")) send({ id, result: initialize() });
  } else if (/^session\/(new|load|resume)$/.test(method)) {
    const result = open(method, params);
    if (result) send({ id, result });
    else send({ id, error: { code: -32002, message: "Resource not found" } });
  } else if (method === "session/set_mode") {
    if (flags.has("--no-modes")) send({ id, error: { code: -32602, message: "Invalid params" } });
    else send({ id, result: {} });
  } else if (method === "session/prompt") {
    void prompt(id, params);
  } else if (method === "session/cancel" && !flags.has("--deaf")) {
    cancelled = true;
    for (const child of children.splice(0)) child.kill();
    stop();
  } else if (id !== undefined) {
    send({ id, error: { code: -32601, message: "Method not found" } });
  }
}

createInterface({ input: process.stdin }).on("line", (line) => handle(JSON.parse(line)));
process.stdin.on("end", () => process.exit(0));
