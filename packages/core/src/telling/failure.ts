import type { TurnFailure } from "../schema/turn.ts";

interface Said {
  words: string;
  hint: string;
}

const AGAIN = "Send the prompt again.";
const LOG = "See the session's log/turns for what the coding agent wrote.";

const FAILURES: Record<string, Said> = {
  "model-unauthorized": {
    words: "the model endpoint refused the key",
    hint: "`harness credential test <provider>` tries the key, `harness credential set <provider>` takes another. Then send the prompt again.",
  },
  "model-rate-limited": { words: "the model endpoint asks to wait", hint: `${AGAIN} Later, or with another provider.` },
  "model-overloaded": { words: "the model endpoint is overloaded", hint: `${AGAIN} Later, or with another provider.` },
  "model-request-refused": {
    words: "the model endpoint refused the request",
    hint: "Check the model's name and the provider's wire and baseUrl in config.yaml.",
  },
  "model-unreachable": {
    words: "the model endpoint could not be reached",
    hint: "Check that it runs, and the provider's baseUrl in config.yaml.",
  },
  "budget-spent": {
    words: "the session has spent its budget",
    hint: "Give it more with `harness credential allow <id> --tokens <number>`, then send the prompt again.",
  },
  "needs-login": {
    words: "the login to the provider has ended",
    hint: "Log in again, give it to `harness credential set <provider> --oauth`, then send the prompt again.",
  },
  "model-failed": { words: "the model endpoint failed", hint: AGAIN },
  "agent-crashed": { words: "the coding agent crashed", hint: `${LOG} ${AGAIN}` },
  "agent-failed": { words: "the coding agent failed", hint: LOG },
  "agent-silent": {
    words: "the coding agent fell silent",
    hint: "Send the prompt again, or give it more time with silenceLimitMs of its agent in config.yaml.",
  },
  "tool-overdue": {
    words: "a tool call took too long",
    hint: "Send the prompt again, or give it more time with toolLimitMs of its agent in config.yaml.",
  },
  "turn-overdue": {
    words: "the turn took too long",
    hint: "Send the prompt again, or give it more time with turnLimitMs of its agent in config.yaml.",
  },
  "empty-turn": { words: "the coding agent said and did nothing", hint: `${LOG} ${AGAIN}` },
};

const known = (code: string): Said | undefined => (Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined);

/** Why a turn failed, in words, with the code that programs look at: `the model endpoint refused the key (model-unauthorized)`. */
export function failureWords({ code }: Pick<TurnFailure, "code">): string {
  return `${known(code)?.words ?? "it failed"} (${code})`;
}

/** What to do about it; `time` writes an ISO timestamp as its reader wants it. */
export function failureHint(
  { code, retryAt }: Pick<TurnFailure, "code" | "retryAt">,
  time: (at: string) => string = String,
): string {
  const when = retryAt === undefined ? "" : `Not before ${time(retryAt)}. `;
  return `${when}${known(code)?.hint ?? AGAIN}`;
}
