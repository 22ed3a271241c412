import {
  client,
  methods,
  RequestError,
  type AnyMessage,
  type CreateElicitationResponse,
  type RequestPermissionResponse,
  type Stream,
} from "@agentclientprotocol/sdk";
import { isRecord, type Frame } from "./frames.ts";
import { readElicitation, readPermission, type ElicitationRequest, type PermissionRequest } from "./requests.ts";

// The only module that knows the SDK. It is a bundle of its own, loaded while an agent runs: see load-client.ts. The
// bundle leaves the SDK's schemas out (build.ts): whatever is used here brings a parser of its own.

export type { CreateElicitationResponse, RequestPermissionResponse };

/** Requests of the agent that may wait for an answer at once. */
const OPEN_LIMIT = 100;

export interface Wire {
  send(frame: Frame): void;
  onPermission(request: PermissionRequest): Promise<RequestPermissionResponse>;
  onElicitation(request: ElicitationRequest): Promise<CreateElicitationResponse>;
  /** The agent does what no agent may: nothing more is heard of it. */
  onAbuse(text: string): void;
}

export interface AcpClient {
  /** Rejects with what the agent answered (`code`, `message`, `data`), and when the connection ends. */
  request(method: string, params: Frame): Promise<unknown>;
  notify(method: string, params: Frame): void;
  /** Takes a frame of the agent: an answer or a request. */
  receive(frame: Frame): void;
  close(): void;
}

export function connect(wire: Wire): AcpClient {
  const asked = new Set<unknown>();
  let open = 0;
  const queue = createQueue();

  const send = (message: Record<string, unknown>) => {
    if (message["method"] === undefined) open -= 1;
    else if (message["id"] !== undefined) asked.add(message["id"]);
    wire.send(message);
  };
  // What the SDK uses of web streams, and no more: the real ones would stay in memory for good.
  const stream = {
    readable: { getReader: () => ({ read: queue.next, cancel: async () => queue.end(), releaseLock() {} }) },
    writable: { getWriter: () => ({ write: async (message: AnyMessage) => send({ ...message }), releaseLock() {} }) },
  } as unknown as Stream;
  const connection = client({ name: "harness" })
    .onRequest(
      methods.client.session.requestPermission,
      (params) => required(readPermission(params)),
      ({ params }) => wire.onPermission(params),
    )
    .onRequest(
      methods.client.elicitation.create,
      (params) => required(readElicitation(params)),
      ({ params }) => wire.onElicitation(params),
    )
    .connect(stream);

  return {
    request: (method, params) => connection.agent.request<unknown, Frame>(method, params),
    notify: (method, params) => void connection.agent.notify(method, params).catch(() => {}),
    receive(frame) {
      if (isRequest(frame)) {
        open += 1;
        if (open > OPEN_LIMIT) wire.onAbuse(`It asked more than ${OPEN_LIMIT} things at once.`);
        else queue.push(frame);
      } else if (isAnswer(frame) && asked.delete(frame["id"])) {
        queue.push(frame);
      }
    },
    close() {
      connection.close();
      queue.end();
    },
  };
}

function required<T>(request: T | null): T {
  if (request === null) throw RequestError.invalidParams();
  return request;
}

// Stricter than the SDK, which answers what it cannot make sense of, or writes to our stderr.
function isRequest(frame: Frame): boolean {
  return frame["jsonrpc"] === "2.0" && isId(frame["id"]) && typeof frame["method"] === "string";
}

function isAnswer(frame: Frame): boolean {
  if (frame["jsonrpc"] !== "2.0" || "method" in frame) return false;
  return "result" in frame !== "error" in frame && (!("error" in frame) || isRecord(frame["error"]));
}

function isId(id: unknown): boolean {
  return typeof id === "string" || (typeof id === "number" && Number.isFinite(id));
}

type Step = { done: false; value: Frame } | { done: true; value: undefined };

function createQueue() {
  const frames: Frame[] = [];
  let ended = false;
  let wake: (() => void) | null = null;

  function push(frame: Frame): void {
    if (ended) return;
    frames.push(frame);
    wake?.();
  }

  async function next(): Promise<Step> {
    if (frames.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
    wake = null;
    const value = frames.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  function end(): void {
    ended = true;
    frames.length = 0;
    wake?.();
  }

  return { push, next, end };
}
