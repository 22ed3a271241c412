import { request as requestPlain, type IncomingMessage, type ServerResponse } from "node:http";
import type { Service } from "./answer-call.ts";
import { costOfCall } from "./cost-of-call.ts";
import { answerHeaders, requestHeaders } from "./headers.ts";
import type { CallLine } from "./ledger.ts";
import { meterUsage, type UsageMeter } from "./meter-usage.ts";
import type { PresentedKey } from "./provider-key.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { createScrubber, scrubText } from "./scrub.ts";
import type { Upstream } from "./upstream.ts";
import { watchStall, type Side } from "./watch-stall.ts";

/** What a provider's headers may come to. */
const HEADER_LIMIT = 64 * 1024;

export type Request = typeof requestPlain;

/** TLS is loaded only for a provider that needs it. */
export async function loadRequest({ protocol }: Upstream): Promise<Request> {
  return protocol === "https:" ? (await import("node:https")).request : requestPlain;
}

export type CallEnd = Omit<CallLine, "at" | "call" | "session" | "capability" | "durationMs">;

interface Forwarding {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly target: string;
  readonly key: PresentedKey;
  /** It counts against the budget. */
  readonly metered: boolean;
}

/** Asks the provider with the real key and passes its answer on. `done` is called once, when nothing more will come. */
export function forwardCall(
  service: Service,
  { asked, answer, target, key, metered }: Forwarding,
  done: (end: CallEnd) => void,
): void {
  const { upstream, start, request } = service;
  const { forms } = key;
  const { hostname, port, host } = upstream;
  const outgoing = request({
    hostname,
    port,
    method: asked.method ?? "GET",
    path: target,
    headers: requestHeaders(asked.rawHeaders, { wire: start.wire, host, key }),
    maxHeaderSize: HEADER_LIMIT,
    // An agent's pool adds headers of its own to what is asked.
    setDefaultHeaders: false,
  });
  let incoming: IncomingMessage | null = null;
  let meter: UsageMeter | null = null;
  let requestBytes = 0;
  let answerBytes = 0;
  let ended = false;

  function end(outcome: CallEnd["outcome"], refusal?: Refusal): void {
    if (ended) return;
    ended = true;
    unwatch();
    meter?.end();
    const status = incoming?.statusCode ?? null;
    const passed = { outcome, status, requestBytes, isSent: asked.complete };
    done({
      status,
      outcome,
      ...(refusal === undefined ? {} : { refusal: refusal.code }),
      requestBytes,
      answerBytes,
      ...(metered
        ? costOfCall({ ...passed, said: meter?.tokens() ?? null, written: meter?.written() ?? null })
        : { inputTokens: 0, outputTokens: 0 }),
    });
    asked.unpipe(outgoing);
    asked.resume();
    if (refusal === undefined) return;
    outgoing.destroy();
    // Half an answer ends as it came: cut.
    if (answer.headersSent) answer.destroy();
    else refuse(answer, refusal);
  }
  const broke = (error: Error) =>
    end("broken", {
      code: "provider-unreachable",
      status: 502,
      message: `The provider ${start.provider} broke off or cannot be reached: ${scrubText(error.message, forms)}`,
      retryable: true,
    });

  const unwatch = watchStall({
    patience: start.patience,
    waitsFor: () => {
      const isHeldUp = answer.writableNeedDrain || !(asked.complete || outgoing.writableNeedDrain);
      return isHeldUp ? "client" : "provider";
    },
    passed: () => (outgoing.socket?.bytesRead ?? 0) + (outgoing.socket?.bytesWritten ?? 0),
    onStall: (side) => end(side === "client" ? "aborted" : "broken", stalled(side, start.provider)),
  });

  outgoing.on("error", (error) => incoming?.complete || broke(error));
  // One that changes the protocol unasked is cut by Node, which says no more of it.
  outgoing.once("close", () => incoming ?? broke(new Error("The connection was closed.")));
  outgoing.once("response", (response) => {
    incoming = response;
    response.on("error", broke);
    const status = response.statusCode ?? 502;
    const refusal = refuseAnswer(response, start.provider) ?? service.key.answered(key, status);
    if (refusal) return end("refused", refusal);
    const headers = answerHeaders(response.rawHeaders, (text) => scrubText(text, forms));
    meter = meterUsage(response.headers["content-type"]);
    answer.writeHead(status, headers);
    answer.flushHeaders();
    passOn(response);
  });
  answer.once("close", () => {
    if (incoming?.readableEnded) return;
    end("aborted");
    outgoing.destroy();
  });
  asked.on("data", (bytes: Buffer) => (requestBytes += bytes.length));
  asked.pipe(outgoing);

  /** What arrived together goes on together: an endpoint's stream is many small chunks. */
  function passOn(from: IncomingMessage): void {
    const scrubber = createScrubber(forms);
    let arrived: Buffer[] = [];
    const write = (bytes: Buffer) => {
      if (bytes.length > 0 && !answer.write(bytes)) from.pause();
    };
    function flush(): void {
      if (arrived.length === 0) return;
      const bytes = arrived.length === 1 ? arrived[0]! : Buffer.concat(arrived);
      arrived = [];
      answerBytes += bytes.length;
      meter?.read(bytes);
      write(scrubber.read(bytes));
    }
    from.on("data", (bytes: Buffer) => {
      if (arrived.push(bytes) === 1) process.nextTick(flush);
    });
    answer.on("drain", () => from.resume());
    from.once("end", () => {
      flush();
      write(scrubber.end());
      // Written down before the session can know that the call is over.
      end("answered");
      answer.end();
    });
  }
}

function stalled(side: Side, provider: string): Refusal {
  if (side === "client")
    return {
      code: "client-stalled",
      status: 408,
      message: "The call was not sent to its end, or its answer not taken, for too long.",
      retryable: true,
    };
  return {
    code: "provider-silent",
    status: 504,
    message: `The provider ${provider} has said nothing for too long.`,
    retryable: true,
  };
}

/** What must not reach a session, whatever its body says. */
function refuseAnswer({ statusCode = 502, headers }: IncomingMessage, provider: string): Refusal | null {
  if (statusCode >= 300 && statusCode < 400)
    return {
      code: "provider-redirected",
      status: 502,
      message: `The provider ${provider} redirects (${statusCode}), and nobody follows with its key.`,
      retryable: false,
    };
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return null;
  return {
    code: "provider-answer-refused",
    status: 502,
    message: `The provider ${provider} answers in a compressed form that it was asked not to use.`,
    retryable: false,
  };
}
