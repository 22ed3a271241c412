import { jsonSchemas } from "@harness/core/json-schema";
import { commandLinePage } from "./command-line.ts";
import { errorsPage } from "./errors.ts";
import { httpApiPage } from "./http-api.ts";

/** Every generated page by its path in the checkout. */
export function generatePages(): Map<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]): [string, string] => [
    `docs/reference/schemas/${name}.schema.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return new Map([
    ["docs/command-line.md", commandLinePage()],
    ["docs/http-api.md", httpApiPage()],
    ["docs/reference/errors.md", errorsPage()],
    ...schemas,
  ]);
}
