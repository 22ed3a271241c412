import { request as httpRequest, type IncomingMessage } from "node:http";
import { until } from "@harness/core/testing";

export interface StreamEvent {
  id?: string;
  event?: string;
  data: { type: string } & Record<string, unknown>;
}

export interface OpenStream {
  readonly status: number;
  readonly events: StreamEvent[];
  /** Comments: what keeps a connection alive. */
  readonly comments: string[];
  ended(): boolean;
  waitFor(found: (event: StreamEvent) => boolean): Promise<StreamEvent>;
  /** Stops and goes on reading. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Reads server-sent events as a browser does, and shows what it got. */
export async function openEventStream(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<OpenStream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, headers, agent: false }, resolve);
    request.once("error", reject);
    request.end();
  });
  const events: StreamEvent[] = [];
  const comments: string[] = [];
  let rest = "";
  let ended = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) readBlock(block, events, comments);
  });
  // The server may end it at any time: that is one of the things tested.
  response.on("error", () => (ended = true));
  response.on("close", () => (ended = true));
  return {
    status: response.statusCode ?? 0,
    events,
    comments,
    ended: () => ended,
    waitFor: (found) => until(() => events.find(found)),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => response.destroy(),
  };
}

function readBlock(block: string, events: StreamEvent[], comments: string[]): void {
  const fields = new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const comment = fields.get("");
  if (comment !== undefined) comments.push(comment);
  const data = fields.get("data");
  if (data === undefined) return;
  const id = fields.get("id");
  const event = fields.get("event");
  events.push({
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    data: JSON.parse(data) as StreamEvent["data"],
  });
}
