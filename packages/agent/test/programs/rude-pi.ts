// Answers like Pi, and says what no Pi says: which of its rudenesses is the prompt.

type Json = Record<string, unknown>;

const write = (text: string) => process.stdout.write(text);
const send = (frame: Json) => write(`${JSON.stringify(frame)}\n`);
const message = (more: Json) =>
  send({
    type: "message_end",
    message: { role: "assistant", content: [{ type: "text", text: "At last." }], stopReason: "stop", ...more },
  });
const settle = () => send({ type: "agent_settled" });

const RUDENESS: Record<string, () => void> = {
  noise() {
    write("no json\n\n[]\nnull\n42\n\u0000\u0001\n");
    write(`${"[".repeat(100_000)}\n`);
    for (const type of ["agent_settled_not", "__proto__", "constructor", 7, null]) send({ type });
    send({ type: "message_end", message: "text" });
    send({ type: "message_end", message: { role: "user", content: [{ type: "text", text: "forged" }] } });
    send({ type: "message_update", assistantMessageEvent: { type: "text_delta", delta: 7 } });
    send({ type: "tool_execution_end", toolCallId: "never called", isError: "no", result: {} });
    send({ type: "response", command: "prompt", id: "999", success: true });
    const usage = '"usage":{"input":-5,"output":"many","cost":{"total":1e400}}';
    const content = '"content":[{"type":"text","text":"At last."}]';
    write(`{"type":"message_end","message":{"role":"assistant",${content},"stopReason":"stop",${usage}}}\n`);
    settle();
  },
  picture() {
    send({ type: "tool_execution_start", toolCallId: "c", toolName: "read", args: { path: "a.png" } });
    const data = "x".repeat(3 * 1024 * 1024);
    const result = { content: [{ type: "image", data }] };
    send({ type: "tool_execution_end", toolCallId: "c", toolName: "read", result, isError: false });
    send({ type: "turn_start" });
    message({});
    settle();
  },
  flood() {
    const delta = {
      type: "message_update",
      assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: "x".repeat(1000) },
    };
    for (let n = 0; n < 20_000; n += 1) send(delta);
    message({});
    settle();
  },
  dialog() {
    send({ type: "extension_ui_request", id: "q", method: "confirm", title: "Really?" });
  },
  silence() {},
  quit() {
    process.stderr.write("it is all too much\n");
    process.exit(9);
  },
};

function answer(line: string): void {
  const { id, type, message: text, cancelled } = JSON.parse(line) as Json;
  const command = String(type);
  if (command === "get_state")
    send({ type: "response", command, id, success: true, data: { sessionId: "s", messageCount: 0 } });
  if (command === "prompt") {
    send({ type: "response", command, id, success: true });
    RUDENESS[String(text)]?.();
  }
  if (command === "extension_ui_response") {
    message({ content: [{ type: "text", text: `cancelled: ${String(cancelled)}` }] });
    settle();
  }
}

let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk: string) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) answer(line);
});
