import { HarnessError } from "@harness/core";
import * as z from "zod/mini";

const words = z.string();
const path = z
  .string()
  .check(z.regex(/^(?!\/)(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\0]+$/, "must be a path below the working directory"));
const choice = z.strictObject({ id: z.string().check(z.minLength(1)), label: words, kind: z.optional(words) });
const milliseconds = z.number().check(z.gte(0));

/** Adds the step's name to its fields, and lets nothing unknown pass: a misspelled field is an error, not a silent no. */
const step = <N extends string, S extends z.core.$ZodShape>(name: N, shape: S) =>
  z.strictObject({ do: z.literal(name), ...shape });

export const StepSchema = z.discriminatedUnion("do", [
  step("say", { text: words }),
  /** Replaces the first `find` by `replace`, or writes the whole file. Done already, it does nothing. */
  step("edit", { path, find: z.optional(words), replace: z.optional(words), write: z.optional(words) }).check(
    z.refine((edit) => (edit.write === undefined) === (edit.find !== undefined && edit.replace !== undefined), {
      message: "needs either write, or find and replace",
    }),
  ),
  /** A program with its arguments, or a line for `sh -c`. */
  step("run", {
    command: z.union([z.array(words).check(z.minLength(1)), words]),
    expect: z.optional(z.number()),
  }),
  /** Commits `paths`, or everything. Nothing to commit is no failure. */
  step("commit", { message: words, paths: z.optional(z.array(path)) }),
  step("ask", {
    text: words,
    options: z.optional(z.array(choice)),
    deadlineMs: z.optional(milliseconds),
    default: z.optional(words),
  }),
  /** Asks to be allowed something; refused, the turn ends. */
  step("permission", { text: words, options: z.optional(z.array(choice)), deadlineMs: z.optional(milliseconds) }),
  /** Waits a while, or until a file is there. */
  step("wait", { ms: z.optional(milliseconds), file: z.optional(path) }).check(
    z.refine((wait) => (wait.ms === undefined) !== (wait.file === undefined), { message: "needs either ms or file" }),
  ),
  step("fail", { text: words }),
  /** Never ends by itself, and ignores being asked to. */
  step("hang", {}),
  /** Starts processes that leave their group and session, lose their parent and ignore every polite signal. */
  step("tree", {}),
  /** Kills the agent process; a turn that goes on after it passes over this step. */
  step("crash", {}),
]);
export type Step = z.infer<typeof StepSchema>;

const TurnSchema = z.array(StepSchema);
const ScriptSchema = z.array(TurnSchema);
export type Script = Step[][];

/** One list of steps per prompt. Throws `script-invalid`. */
export function parseScript(value: unknown, source: string): Script {
  return parse(ScriptSchema, value, source);
}

/** A prompt that is itself a list of steps; null for any other text. Throws `script-invalid`. */
export function parsePromptScript(text: string): Step[] | null {
  const value = parseJson(text);
  const isScript =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === "object" && one !== null && "do" in one);
  return isScript ? parse(TurnSchema, value, "the prompt") : null;
}

function parse<T>(schema: z.core.$ZodType<T>, value: unknown, source: string): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 3).map(describeIssue);
  throw new HarnessError("script-invalid", `The script in ${source} is invalid: ${problems.join("; ")}.`);
}

const STEP_NAMES = StepSchema.def.options.map((option) => option.shape.do.def.values[0]).join(", ");

function describeIssue(issue: z.core.$ZodIssue): string {
  const place = issue.path.join(".") || "it";
  if (issue.code === "invalid_type") {
    return `${place} has to be ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
  }
  if (issue.code === "unrecognized_keys") return `${place} has the unknown field ${issue.keys.join(", ")}`;
  if (issue.code !== "invalid_union") return `${place}: ${issue.message}`;
  return issue.path.at(-1) === "do" ? `${place} has to be one of ${STEP_NAMES}` : `${place} has the wrong type`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
