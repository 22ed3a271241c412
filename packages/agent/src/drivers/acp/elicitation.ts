import type { Answer, AskOption } from "../driver.ts";
import { dig } from "./failure.ts";
import { isRecord, type Frame } from "./frames.ts";
import type { ElicitationRequest } from "./requests.ts";
import { clip, oneLine } from "./text.ts";

const FIELDS = 10;
const OPTIONS = 20;
const NAME_LIMIT = 200;
const LABEL_LIMIT = 500;
const TEXT_LIMIT = 4 * 1024;

/** One field of a form, as a question to a person. */
export interface Field {
  readonly name: string;
  readonly kind: "string" | "number" | "boolean";
  readonly text: string;
  readonly required: boolean;
  readonly options?: AskOption[];
}

/** The fields of a form; null where it is none, or has fields that cannot be asked for. Pure. */
export function fieldsOf(request: ElicitationRequest): Field[] | null {
  const { mode, requestedSchema: schema } = request;
  const properties = dig(schema, ["properties"]);
  if (mode !== "form" || !isRecord(properties)) return null;
  const entries = Object.entries(properties);
  const required = dig(schema, ["required"]);
  const fields = entries
    .slice(0, FIELDS)
    .map(([name, property]) => readField(name, property, Array.isArray(required) && required.includes(name)));
  return entries.length > FIELDS || fields.includes(null) ? null : (fields as Field[]);
}

function readField(name: string, property: unknown, required: boolean): Field | null {
  if (!isRecord(property) || name.length > NAME_LIMIT) return null;
  const { type, title, description } = property;
  const said = [title, description].filter((part) => typeof part === "string" && part !== "");
  const text = clip(said.join("\n") || name, TEXT_LIMIT);
  if (type === "boolean") return { name, kind: "boolean", text, required, options: YES_OR_NO };
  if (type === "number" || type === "integer") return { name, kind: "number", text, required };
  if (type !== "string") return null;
  const options = readChoices(property);
  return { name, kind: "string", text, required, ...(options.length > 0 ? { options } : {}) };
}

const YES_OR_NO: AskOption[] = [
  { id: "yes", label: "Yes" },
  { id: "no", label: "No" },
];

function readChoices(property: Frame): AskOption[] {
  const { oneOf, enum: plain } = property;
  const choices = Array.isArray(oneOf) ? oneOf : Array.isArray(plain) ? plain : [];
  return choices.slice(0, OPTIONS).flatMap((choice: unknown) => {
    const id = typeof choice === "string" ? choice : dig(choice, ["const"]);
    const label = dig(choice, ["title"]);
    if (typeof id !== "string" || id === "" || id.length > NAME_LIMIT) return [];
    return [{ id, label: oneLine(typeof label === "string" ? label : id, LABEL_LIMIT) }];
  });
}

/** What an answer means for the field; null where it is none. Pure. */
export function readFieldAnswer(field: Field, answer: Answer): { value: string | number | boolean } | null {
  const given = answer.option ?? answer.text;
  if (given === undefined) return null;
  if (field.kind === "boolean") return { value: given === "yes" };
  if (field.kind === "string") return { value: given };
  const number = Number(given);
  return given.trim() === "" || !Number.isFinite(number) ? null : { value: number };
}
