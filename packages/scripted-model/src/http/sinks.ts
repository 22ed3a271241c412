import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sink } from "../reply/play.ts";
import type { Block, Envelope, Frame, Wire } from "../wires/wire.ts";
import { cutConnection, sendFailure, sendHead, sendJson, type Exchange } from "./exchange.ts";

// Long enough that what was written before has been read.
const packetGapMs = 50;

/** A reply as a stream, frame by frame. Nothing is sent, not even a status, before there is something to say. */
export function createStreamSink(exchange: Exchange, wire: Wire, envelope: Envelope): Sink {
  const { response, signal } = exchange;
  const writer = wire.openStream(envelope);
  // Gemini alone streams a JSON array to those who do not ask for events.
  const framing =
    wire.name === "gemini" && exchange.url.searchParams.get("alt") !== "sse" ? arrayFraming : eventFraming;
  let frames = 0;

  const write = async (next: Frame[]) => {
    signal.throwIfAborted();
    const text = next.map((frame) => framing.encode(frame, frames++)).join("");
    if (!response.write(text)) await once(response, "drain", { signal });
  };
  const begin = async () => {
    if (response.headersSent) return;
    sendHead(exchange, 200, { "content-type": framing.contentType, "cache-control": "no-cache" });
    await write(writer.start());
  };

  return {
    text: async (delta) => {
      await begin();
      await write(writer.text(delta));
    },
    tool: async (id, use) => {
      await begin();
      await write(writer.tool(id, use));
    },
    finish: async (usage) => {
      await begin();
      await write(writer.finish(usage));
      exchange.record.usage = usage;
      response.end(framing.end);
    },
    fail: async (failure) => {
      if (!response.headersSent) return sendFailure(exchange, wire, failure);
      const next = writer.fail(failure);
      if (next.some(({ bare }) => bare)) await sleep(packetGapMs, undefined, { signal });
      await write(next);
      response.end(framing.end);
    },
    cut: () => cutConnection(exchange),
  };
}

/** A reply in one piece, sent at its end. */
export function createWholeSink(exchange: Exchange, wire: Wire, envelope: Envelope): Sink {
  const blocks: Block[] = [];
  return {
    text: async (delta) => {
      const last = blocks.at(-1);
      if (last?.kind === "text") last.text += delta;
      else blocks.push({ kind: "text", text: delta });
    },
    tool: async (id, use) => {
      blocks.push({ kind: "tool", id, use });
    },
    finish: async (usage) => {
      exchange.record.usage = usage;
      sendJson(exchange, { status: 200, body: wire.wholeReply(envelope, blocks, usage) });
    },
    fail: async (failure) => sendFailure(exchange, wire, failure),
    cut: () => cutConnection(exchange),
  };
}

const dataOf = ({ data }: Frame) => (typeof data === "string" ? data : JSON.stringify(data));

const eventFraming = {
  contentType: "text/event-stream; charset=utf-8",
  encode: (frame: Frame, _index: number) => {
    if (frame.bare) return `${dataOf(frame)}\n`;
    return `${frame.event === undefined ? "" : `event: ${frame.event}\n`}data: ${dataOf(frame)}\n\n`;
  },
  end: "",
};

const arrayFraming = {
  contentType: "application/json",
  encode: (frame: Frame, index: number) => `${index === 0 ? "[" : ",\n"}${dataOf(frame)}`,
  end: "]",
};
