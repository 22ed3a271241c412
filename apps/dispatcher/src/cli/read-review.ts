import { HarnessError } from "@harness/core";
import { z } from "zod";
import { CommentSchema, type Comment } from "../reviews/schema.ts";
import { readText } from "./read-text.ts";

const FileSchema = z.union([
  z.array(CommentSchema).transform((comments) => ({ comments, message: undefined })),
  z.strictObject({ comments: z.array(CommentSchema), message: z.string().optional() }),
]);

export interface GivenReview {
  /** `path:line`, text, `path:line`, text, … */
  comment?: readonly string[];
  /** Path of a JSON file; `-` for standard input. */
  from?: string;
  message?: string;
}

/** The comments of the command line and of a file together. Throws `usage-invalid`. */
export async function readReview(given: GivenReview): Promise<{ comments: Comment[]; message: string | undefined }> {
  const file = given.from === undefined ? undefined : await readFile(given.from);
  const comments = [...(file?.comments ?? []), ...parseComments(given.comment ?? [])];
  if (comments.length > 0) return { comments, message: given.message ?? file?.message };
  throw new HarnessError("usage-invalid", "There is no comment.", {
    hint: 'Give --comment <path>:<line> "<text>", or --from a JSON file. Without a line, use `harness send`.',
  });
}

/** Words in pairs: where, and what. */
export function parseComments(words: readonly string[]): Comment[] {
  if (words.length % 2 === 1) {
    throw new HarnessError("usage-invalid", "A comment has a place and a text.", {
      hint: '--comment src/login.ts:12 "text". A text that begins with a dash goes through --from.',
    });
  }
  return words.flatMap((place, index) => (index % 2 === 0 ? [parseComment(place, words[index + 1] ?? "")] : []));
}

function parseComment(place: string, text: string): Comment {
  const [, path, line, side = "new"] = /^(.+?):(\d+)(?::(old|new))?$/s.exec(place) ?? [];
  const parsed = CommentSchema.safeParse({ path, line: Number(line), side, text });
  if (parsed.success) return parsed.data;
  throw new HarnessError("usage-invalid", `"${place}" with "${text.slice(0, 40)}" is no comment.`, {
    hint: '--comment <path>:<line> "<text>"; <path>:<line>:old for a line that was removed.',
  });
}

async function readFile(path: string): Promise<z.infer<typeof FileSchema>> {
  const text = path === "-" ? await readText("-", undefined) : await readText(undefined, path);
  const parsed = FileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new HarnessError("usage-invalid", "The comments are not what was expected.", {
    hint: 'JSON: [{"path": "src/login.ts", "line": 12, "text": "…", "side": "new", "oid": "…"}]; side and oid may be left out.',
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fits no schema, and is refused there.
    return undefined;
  }
}
