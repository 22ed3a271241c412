import { client, methods, type AnyMessage, type Stream } from "@agentclientprotocol/sdk";
import { describe, expect, it, vi } from "vitest";

// Why updates are taken from the wire (docs/decisions/0009). When one of these fails, the SDK has changed: look again.

const update = (content: object) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: content },
});
const chunk = update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: "x" } });

/** An agent that answers the first request, with these messages before the answer. */
function answering(before: object[]): Stream {
  const { readable, writable } = new TransformStream<AnyMessage, AnyMessage>();
  const writer = writable.getWriter();
  const answer = async (request: AnyMessage) => {
    const id = "id" in request ? request.id : null;
    for (const message of [...before, { jsonrpc: "2.0", id, result: {} }]) void writer.write(message as AnyMessage);
  };
  return { readable, writable: new WritableStream({ write: answer }) };
}

async function heardBeforeAnswer(before: object[]): Promise<number> {
  let heard = 0;
  const connection = client()
    .onRequest(methods.client.session.requestPermission, () => ({ outcome: { outcome: "cancelled" } }))
    .onRequest(methods.client.elicitation.create, () => ({ action: "cancel" }))
    .onRequest(methods.client.fs.readTextFile, () => ({ content: "" }))
    .onNotification(methods.client.session.update, () => void (heard += 1))
    .connect(answering(before));
  await connection.agent.request("session/prompt", { sessionId: "s", prompt: [] });
  const count = heard;
  connection.close();
  return count;
}

describe("the SDK", () => {
  it("answers a prompt before it has delivered the updates that came before the answer", async () => {
    expect(await heardBeforeAnswer(Array.from({ length: 5 }, () => chunk))).toBeLessThan(5);
  });

  it("drops an update of a kind that it does not know", async () => {
    const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
    const filler = Array.from({ length: 50 }, () => update({ sessionUpdate: "mind_reading" }));
    expect(await heardBeforeAnswer(filler)).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(complaint).toHaveBeenCalledTimes(50);
    complaint.mockRestore();
  });
});
