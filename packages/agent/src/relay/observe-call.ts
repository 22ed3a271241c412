import type { IncomingHttpHeaders } from "node:http";
import type { CallEnd } from "../model/call.ts";
import { cut, readRefusal, type SaidError } from "./read-error.ts";
import { retryAfterMs } from "./retry-after.ts";
import { scanEvents, scanWhole, type Scanner } from "./scan-stream.ts";

const REFUSAL_LIMIT = 64 * 1024;

export interface CallTimes {
  monotonic(): number;
  now(): number;
}

/** One model call as it passes. `tell` is called once, before the coding agent can know that the call is over. */
export interface CallObserver {
  answered(status: number, headers: IncomingHttpHeaders): void;
  bytes(bytes: Buffer): void;
  /** The upstream's answer came to its end. */
  finished(): void;
  /** The upstream could not be reached, or broke off. */
  broke(error: Error): void;
  /** The coding agent went away. */
  abandoned(): void;
}

export interface CallObserverOptions {
  readonly call: number;
  readonly times: CallTimes;
  tell(end: CallEnd): void;
}

export function observeCall({ call, times, tell }: CallObserverOptions): CallObserver {
  const beganAt = times.monotonic();
  let status: number | null = null;
  let headers: IncomingHttpHeaders = {};
  let scanner: Scanner | null = null;
  let refusal = "";
  let firstByteMs: number | null = null;
  let length = 0;
  let told = false;

  function end(outcome: CallEnd["outcome"], said: Partial<SaidError> = {}): void {
    if (told) return;
    told = true;
    const inStream = outcome === "refused" && scanner !== null ? said.status : undefined;
    const word = outcome === "refused" ? refusalOf(headers) : undefined;
    const wait = said.retryAfterMs ?? retryAfterMs(headers, times.now());
    tell({
      type: "end",
      call,
      status,
      outcome,
      durationMs: Math.round(times.monotonic() - beganAt),
      firstByteMs,
      bytes: length,
      ...(wait === undefined || outcome === "ok" ? {} : { retryAfterMs: wait }),
      ...(said.text === undefined ? {} : { text: said.text }),
      ...(word === undefined ? {} : { refusal: word }),
      ...(inStream === undefined ? {} : { inStreamError: inStream }),
    });
  }

  return {
    answered(code, given) {
      status = code;
      headers = given;
      if (code < 300 && given["content-encoding"] === undefined) scanner = chooseScanner(given["content-type"]);
    },
    bytes(bytes) {
      firstByteMs ??= Math.round(times.monotonic() - beganAt);
      length += bytes.length;
      if ((status ?? 0) >= 300) refusal += bytes.toString("utf8", 0, REFUSAL_LIMIT - refusal.length);
      scanner?.read(bytes);
      const error = scanner?.error();
      // At once: the coding agent may end its turn on these words, long before the stream is over.
      if (error) end("refused", error);
    },
    finished() {
      const error = scanner?.end();
      if (error) return end("refused", error);
      if ((status ?? 0) >= 400) return end("refused", readRefusal(refusal));
      if ((status ?? 0) >= 300) return end("refused", { text: "It redirects, which is not followed." });
      if (scanner && endsWithConnection(headers) && !scanner.isWhole())
        return end("broken", { text: "The connection ended before the answer did." });
      end("ok");
    },
    broke(error) {
      const why = status === null ? cut(error.message) : "The connection broke off in the middle of the answer.";
      end("broken", { text: why });
    },
    abandoned() {
      const error = scanner?.end();
      if (error) return end("refused", error);
      if ((status ?? 0) >= 300) return end("refused", readRefusal(refusal));
      // Some clients hang up on the last word without waiting for the connection's own end.
      end(scanner?.isWhole() ? "ok" : "aborted");
    },
  };
}

/** A word of the credential worker. */
function refusalOf(headers: IncomingHttpHeaders): string | undefined {
  const word = headers["x-harness-refusal"];
  return typeof word === "string" && /^[a-z-]{1,40}$/.test(word) ? word : undefined;
}

function chooseScanner(contentType: string | undefined): Scanner {
  return contentType?.toLowerCase().includes("json") ? scanWhole() : scanEvents();
}

/** Nothing but the connection's end tells where the body ends, so that a cut looks like an end. */
function endsWithConnection(headers: IncomingHttpHeaders): boolean {
  return headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
}
