// A file name is a test name. The same files hold for the schemas in code and for the JSON Schema that others read.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import * as classic from "zod";
import * as z from "zod/mini";
import { jsonSchemas, PUBLISHED_SCHEMAS } from "../src/schema/json-schema.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
/** What JSON Schema cannot say. */
const BEYOND_JSON_SCHEMA = new Set(["message-answer/neither-option-nor-text"]);

interface Fixture {
  title: string;
  document: unknown;
}

function fixtures(schema: string, kind: "good" | "bad"): Fixture[] {
  return readdirSync(join(FIXTURES, schema, kind)).map((file) => ({
    title: basename(file, ".json"),
    document: JSON.parse(readFileSync(join(FIXTURES, schema, kind, file), "utf8")) as unknown,
  }));
}

test("every published schema has good and bad files, and no others do", () => {
  expect(readdirSync(FIXTURES).toSorted()).toEqual(Object.keys(PUBLISHED_SCHEMAS).toSorted());
  for (const name of Object.keys(PUBLISHED_SCHEMAS)) {
    expect([name, fixtures(name, "good").length > 0, fixtures(name, "bad").length > 0]).toEqual([name, true, true]);
  }
});

describe.each(Object.entries(PUBLISHED_SCHEMAS))("%s", (name, schema) => {
  const published = classic.fromJSONSchema(jsonSchemas()[name] as Parameters<typeof classic.fromJSONSchema>[0]);

  test.each(fixtures(name, "good"))("takes $title, and keeps every field", ({ document }) => {
    expect(z.parse(schema, document)).toMatchObject(document as object);
    expect(published.safeParse(document).error?.issues).toBeUndefined();
  });

  test.each(fixtures(name, "bad"))("refuses $title", ({ title, document }) => {
    expect(z.safeParse(schema, document).success).toBe(false);
    expect(published.safeParse(document).success).toBe(BEYOND_JSON_SCHEMA.has(`${name}/${title}`));
  });
});

test("the JSON Schemas name their dialect and say what is needed", () => {
  const { session } = jsonSchemas();
  expect(session).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "session",
    required: ["v", "id", "agent"],
  });
  // Unknown fields are allowed everywhere.
  expect(JSON.stringify(jsonSchemas())).not.toContain('"additionalProperties":false');
});
