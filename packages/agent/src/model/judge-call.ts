import type { TurnFailure } from "@harness/core";
import { describeMs } from "../describe-ms.ts";
import type { CallEnd } from "./call.ts";
import type { Failing } from "./tally.ts";

type FailedCall = Pick<CallEnd, "status" | "outcome" | "inStreamError" | "durationMs" | "refusal">;

/** The status that tells what went wrong: the one inside the stream, where there is one. Null where none came. Pure. */
export function statusOf({ status, inStreamError }: Pick<CallEnd, "status" | "inStreamError">): number | null {
  return inStreamError ?? status;
}

/** The code of a turn's failure that this call explains. Pure. */
export function failureCode(call: FailedCall): string {
  const status = statusOf(call);
  if (call.refusal === "budget-spent" || call.refusal === "needs-login") return call.refusal;
  if (call.refusal === "provider-unreachable") return "model-unreachable";
  // It says more of the way to the endpoint than of the endpoint.
  if (call.refusal === "key-renewed" || call.refusal === "key-unavailable") return "model-failed";
  if (call.outcome === "aborted") return "model-failed";
  if (status === null) return "model-unreachable";
  if (call.outcome === "broken") return "model-failed";
  if (status === 401 || status === 403) return "model-unauthorized";
  if (status === 429) return "model-rate-limited";
  if (status === 503 || status === 529) return "model-overloaded";
  return status >= 400 && status < 500 && status !== 408 ? "model-request-refused" : "model-failed";
}

/** Why a turn failed whose calls failed last. `sinceMs` is how long ago the last of them ended, `now` the wall clock. Pure. */
export function judgeCalls({ last, count }: Failing, now: { wallMs: number; sinceMs: number }): TurnFailure {
  const code = failureCode(last);
  const { retryAfterMs } = last;
  const text = `${describeCalls(last, count)}${last.text === undefined ? "." : `: ${last.text}`}`;
  if (retryAfterMs === undefined || code === "model-request-refused") return { code, text };
  return { code, text, retryAt: new Date(now.wallMs - now.sinceMs + retryAfterMs).toISOString() };
}

/** What happened to the newest calls, without a full stop. Pure. */
export function describeCalls(last: FailedCall, count: number): string {
  const status = statusOf(last);
  const many = count > 1 ? `; ${count} calls in a row failed` : "";
  if (last.outcome === "aborted")
    return `The model endpoint did not answer within ${describeMs(last.durationMs)}${many}`;
  if (status === null) return `The model endpoint could not be reached${many}`;
  if (last.outcome === "broken") return `The model endpoint broke off its answer${many}`;
  if (last.refusal !== undefined) return `The credential worker refused the call (${last.refusal})${many}`;
  const where = last.inStreamError === undefined ? "" : " in the middle of an answer";
  return `The model endpoint answered ${status}${where}${many}`;
}
