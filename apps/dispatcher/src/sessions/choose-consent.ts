import { HarnessError, type OpenQuestion } from "@harness/core";
import { cutText } from "@harness/core/telling";
import { findQuestion } from "./find-question.ts";

/** Characters of a request that tell which one it is. */
const SHOWN = 200;

export interface ConsentWish {
  verdict: "approve" | "deny";
  /** Also for the times to come, where the coding agent offers that. */
  always: boolean;
  /** Id of the request, may be shortened; without it the only one that waits is meant. */
  request?: string | undefined;
}

export interface Consent {
  request: OpenQuestion;
  option: { id: string; label: string; kind?: string | undefined };
}

/** Which option of which permission request a person means. Pure. Throws `question-not-found`, `id-ambiguous`, `request-invalid`. */
export function chooseConsent(session: string, waiting: readonly OpenQuestion[], wish: ConsentWish): Consent {
  const request = wish.request === undefined ? onlyRequest(session, waiting) : named(session, waiting, wish.request);
  const { options = [] } = request;
  const option = kindsOf(wish).flatMap((kind) => options.filter((one) => one.kind === kind))[0];
  if (option) return { request, option };
  const word = `${wish.verdict}${wish.always ? " --always" : ""}`;
  const offered = options.map(({ id, label }) => `--option ${id} (${label})`).join(", ");
  throw new HarnessError("request-invalid", `The request ${request.id} offers no option that \`${word}\` stands for.`, {
    hint: `Choose one yourself: harness answer ${session} ${request.id} with ${offered || "a text"}.`,
    details: { request: request.id, options },
  });
}

// More is never allowed than was asked for; what is refused for longer does no harm.
function kindsOf({ verdict, always }: ConsentWish): string[] {
  if (verdict === "approve") return [always ? "allow_always" : "allow_once"];
  return always ? ["reject_always"] : ["reject_once", "reject_always"];
}

function onlyRequest(session: string, waiting: readonly OpenQuestion[]): OpenQuestion {
  const requests = waiting.filter(({ kind }) => kind === "permission");
  const [first, ...others] = requests;
  if (first === undefined) {
    throw new HarnessError("question-not-found", `Session ${session} waits for no permission.`, {
      hint:
        waiting.length > 0 ? "What it asks takes an answer: `harness show` tells how." : "`harness ps` shows who does.",
    });
  }
  if (others.length === 0) return first;
  throw new HarnessError("id-ambiguous", `Session ${session} waits for ${requests.length} permissions.`, {
    hint: ["Name one of them:", ...requests.map(({ id, text }) => `  ${id}  ${onOneLine(text)}`)].join("\n"),
    details: { requests: requests.map(({ id, text }) => ({ id, text })) },
  });
}

function named(session: string, waiting: readonly OpenQuestion[], to: string): OpenQuestion {
  const question = findQuestion(session, waiting, { to, text: "" });
  if (question.kind === "permission") return question;
  throw new HarnessError("request-invalid", `${question.id} is a question, not a request for permission.`, {
    hint: `harness answer ${session} ${question.id} "…"`,
  });
}

// A request of several lines would look like several requests.
function onOneLine(text: string): string {
  return cutText(text.replaceAll(/\s+/g, " ").trim(), SHOWN);
}
