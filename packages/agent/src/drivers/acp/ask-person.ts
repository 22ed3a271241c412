import type { Answer, AskOption, OpenOptions, Prompt } from "../driver.ts";
import type { CreateElicitationResponse, RequestPermissionResponse } from "./client.ts";
import { fieldsOf, readFieldAnswer, type Field } from "./elicitation.ts";
import type { ElicitationRequest, PermissionRequest } from "./requests.ts";
import { clipMiddle, oneLine } from "./text.ts";
import { describeCall, withoutText } from "./tool-call.ts";

const OPTIONS = 20;
const ID_LIMIT = 200;
const LABEL_LIMIT = 500;
const TEXT_LIMIT = 16 * 1024;
/** Questions of one turn; what an agent asks beyond them is refused unasked. */
const QUESTIONS = 200;
/** Keeps the questions of one attempt apart from those of another. */
const ATTEMPT_SPAN = 100_000;

const CANCELLED: RequestPermissionResponse = { outcome: { outcome: "cancelled" } };

/** Asks a person what the agent of one turn wants to know. */
export interface Asker {
  permission(request: PermissionRequest): Promise<RequestPermissionResponse>;
  elicitation(request: ElicitationRequest): Promise<CreateElicitationResponse>;
  /** Something was not allowed. */
  readonly refused: boolean;
}

export interface Asking {
  readonly options: Pick<OpenOptions, "ask">;
  readonly input: Prompt;
  readonly signal: AbortSignal;
  /** The number of questions so far, over all turns of the session. */
  count(): number;
}

export function createAsker({ options, input, signal, count }: Asking): Asker {
  let asked = 0;
  let refused = false;

  async function ask(request: {
    kind: "question" | "permission";
    text: string;
    options?: AskOption[];
  }): Promise<Answer> {
    asked += 1;
    if (asked > QUESTIONS || signal.aborted) return { outcome: "aborted" };
    // Never the number of another question: after a crash an agent may ask something else, and a person's consent is to
    // what they were shown.
    const position = input.attempt * ATTEMPT_SPAN + (count() % ATTEMPT_SPAN);
    const aborted = new Promise<Answer>((resolve) =>
      signal.addEventListener("abort", () => resolve({ outcome: "aborted" }), { once: true }),
    );
    return Promise.race([options.ask({ ...request, position }), aborted]);
  }

  async function permission(request: PermissionRequest): Promise<RequestPermissionResponse> {
    const choices = readOptions(request);
    if (choices.length === 0) return CANCELLED;
    const answer = await ask({ kind: "permission", text: permissionText(request), options: choices });
    if (answer.outcome === "aborted") return CANCELLED;
    if (answer.outcome !== "answered") refused = true;
    const optionId = answer.option ?? rejection(request);
    return optionId === undefined ? CANCELLED : { outcome: { outcome: "selected", optionId } };
  }

  async function elicitation(request: ElicitationRequest): Promise<CreateElicitationResponse> {
    const fields = fieldsOf(request);
    if (!fields) return { action: "decline" };
    const content: Record<string, string | number | boolean> = {};
    for (const field of fields) {
      const value = await askField(request, field);
      if (value === "aborted") return { action: "cancel" };
      if (value !== null) content[field.name] = value.value;
      else if (field.required) return { action: "decline" };
    }
    return { action: "accept", content };
  }

  async function askField(request: ElicitationRequest, field: Field) {
    const text = clipMiddle([request.message, field.text].filter((part) => part !== "").join("\n\n"), TEXT_LIMIT);
    const answer = await ask({ kind: "question", text, ...(field.options ? { options: field.options } : {}) });
    return answer.outcome === "aborted" ? "aborted" : readFieldAnswer(field, answer);
  }

  return {
    permission,
    elicitation,
    get refused() {
      return refused;
    },
  };
}

function permissionText({ toolCall }: PermissionRequest): string {
  const title = oneLine(typeof toolCall["title"] === "string" ? toolCall["title"] : "", LABEL_LIMIT);
  const details = describeCall(toolCall);
  const parts = [withoutText(title, details), details === title ? "" : details].filter((part) => part !== "");
  return clipMiddle(parts.join("\n\n") || "The coding agent asks to go on.", TEXT_LIMIT);
}

function readOptions({ options }: PermissionRequest): AskOption[] {
  return options
    .filter(({ optionId }) => optionId !== "" && optionId.length <= ID_LIMIT)
    .slice(0, OPTIONS)
    .map(({ optionId, name, kind }) => ({ id: optionId, label: oneLine(name, LABEL_LIMIT), kind }));
}

/** The option that refuses, the milder first. */
function rejection({ options }: PermissionRequest): string | undefined {
  const kinds = ["reject_once", "reject_always"];
  return kinds.flatMap((kind) => options.filter((option) => option.kind === kind))[0]?.optionId;
}
