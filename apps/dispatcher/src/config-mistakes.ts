import { HarnessError } from "@harness/core";
import { isMap, isScalar, type Document, type LineCounter } from "yaml";
import { z } from "zod";
import { nearestWord } from "./nearest-word.ts";

export interface ConfigText {
  file: string;
  document: Document;
  lines: LineCounter;
  /** What the text was held against. */
  schema: z.ZodType;
}

/** The first mistake, with its line and, for an unknown key, the nearest known one. */
export function explain(error: z.ZodError, { file, document, lines, schema }: ConfigText): HarnessError {
  const issue = error.issues[0];
  if (!issue) return invalid(file, 1, "It cannot be understood.");
  const at = (path: PropertyKey[]) => lineOf(document, lines, path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const near = nearestWord(key, knownKeys(schema, issue.path));
    const place = issue.path.length === 0 ? "" : ` in ${issue.path.join(".")}`;
    return invalid(
      file,
      at([...issue.path, key]),
      `${JSON.stringify(key)} is not known${place}.${near ? ` Did you mean ${near}?` : ""}`,
    );
  }
  const message = (issue.code === "invalid_key" ? issue.issues[0]?.message : undefined) ?? issue.message;
  return invalid(file, at(issue.path), `${issue.path.join(".") || "The file"}: ${message}`);
}

export function invalid(file: string, line: number, message: string): HarnessError {
  const text = `${file}, line ${line}: ${message}`;
  return new HarnessError("config-invalid", text, { details: { file, line } });
}

// The line of the key at the end of `path`, or of the nearest part above it that is in the file.
export function lineOf(document: Document, lines: LineCounter, path: PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    if (!pair) break;
    if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}

// Which keys the schema knows at `path`; `z.record` accepts any name, so its value's keys are meant.
function knownKeys(whole: z.ZodType, path: PropertyKey[]): string[] {
  let schema: unknown = whole;
  for (const key of path) schema = step(unwrap(schema), key);
  const object = unwrap(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function step(schema: unknown, key: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, unknown>)[key];
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}
