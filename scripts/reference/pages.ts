import { jsonSchemas } from "@harness/core/json-schema";
import { errorsPage } from "./errors.ts";

/** Every generated page by its path in the checkout. */
export function generatePages(): Map<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]): [string, string] => [
    `docs/reference/schemas/${name}.schema.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return new Map([["docs/reference/errors.md", errorsPage()], ...schemas]);
}
