/** What the dispatcher says when it refuses (RFC 9457): what happened, a code that never changes, what to do. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(message: string, facts: { status: number; code: string; hint: string }) {
    super(message);
    this.status = facts.status;
    this.code = facts.code;
    this.hint = facts.hint;
  }
}

export function unreachable(): ProblemError {
  const facts = { status: 0, code: "dispatcher-unreachable", hint: "Start it with `harness up`." };
  return new ProblemError("The dispatcher does not answer.", facts);
}

/** The problem in the body of a refusal; a proxy in between may have sent none. */
export function problemOf(status: number, body: unknown): ProblemError {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : undefined);
  const message = text("detail") ?? text("title") ?? `The dispatcher answered ${status}.`;
  return new ProblemError(message, { status, code: text("code") ?? "internal", hint: text("hint") ?? "" });
}

/** What happened and what to do, a sentence each. */
export interface Problem {
  message: string;
  hint: string;
}

/** Any thrown value in two sentences. */
export function explain(error: unknown): Problem {
  if (error instanceof ProblemError) return { message: error.message, hint: error.hint };
  return { message: error instanceof Error ? error.message : String(error), hint: "" };
}
