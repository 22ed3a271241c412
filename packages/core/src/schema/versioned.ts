import * as z from "zod/mini";
import { HarnessError } from "../errors.ts";
import { DEPTH_LIMIT, scanObject } from "./json-text.ts";

/** The version of every format that this code writes. */
export const FORMAT_VERSION = 1;

type Document = Record<string, unknown>;

/** `steps[0]` turns version 1 into version 2, and so on. */
export type UpgradeSteps = readonly ((document: Document) => Document)[];

// There is one version so far. A step added here is the whole of an upgrade.
const STEPS: UpgradeSteps = [];

/**
 * Reads one JSON document of ours. An absent `v` means 1, an older one is upgraded, a newer one throws `from-the-future`.
 * Anything else that is wrong throws `message-invalid` when `what` is "message", otherwise `session-damaged`.
 */
export function parseVersioned<T>(schema: z.core.$ZodType<T>, text: string, what: string): T {
  const code = what === "message" ? "message-invalid" : "session-damaged";
  const fail = (why: string) => new HarnessError(code, `${what} ${why}.`, { details: { what } });
  const scan = scanObject(text);
  if (scan.state !== "whole") throw fail(scan.state === "prefix" ? "ends too early" : "is not a JSON object");
  if (scan.depth > DEPTH_LIMIT) throw fail(`is nested deeper than ${DEPTH_LIMIT} levels`);
  const document = { v: 1, ...(JSON.parse(text) as Document) };
  if (!isVersion(document.v)) throw fail(`has no usable version (v: ${JSON.stringify(document.v).slice(0, 40)})`);
  const upgraded = upgradeDocument(document, { what, steps: STEPS });
  const result = z.safeParse(schema, upgraded);
  if (result.success) return result.data;
  throw fail(`is invalid: ${describeIssues(result.error)}`);
}

/** Brings a document to the newest version, step by step. Throws `from-the-future`. */
export function upgradeDocument(document: Document, options: { what: string; steps: UpgradeSteps }): Document {
  const newest = options.steps.length + 1;
  const version = Number(document["v"]);
  if (version > newest) {
    throw new HarnessError("from-the-future", `${options.what} has version ${version}; this program knows ${newest}.`, {
      details: { what: options.what, version, known: newest },
    });
  }
  return options.steps
    .slice(version - 1)
    .reduce((older, step, index) => ({ ...step(older), v: version + index + 1 }), document);
}

/** The first three problems in one line: field, then what is wrong with it. */
export function describeIssues(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`)
    .join("; ");
}

function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}
