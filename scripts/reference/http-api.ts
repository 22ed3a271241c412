import { z } from "zod";
import type { Operation } from "../../apps/dispatcher/src/http/operation.ts";
import { OPERATIONS } from "../../apps/dispatcher/src/http/operations.ts";

/** docs/http-api.md: a row for every operation of the table that the routes are made from. */
export function httpApiPage(): string {
  const rows = Object.values<Operation>(OPERATIONS).map((operation) => `| ${cells(operation).join(" | ")} |`);
  return `# The HTTP API

The command line and the page use this API. It listens on 127.0.0.1 only. The whole of it, with every schema, is the OpenAPI
document at \`/api/openapi.json\`.

A request carries a token as \`authorization: Bearer …\`: the person's (\`run/token\` in the state root, role \`admin\`) or a session's
own (\`token\` in its directory, role \`session\`, good for reading that session and nothing else). A browser trades a one-time code
for a cookie instead. \`Host\` has to be the dispatcher's own address. Bodies are JSON.

Errors are \`application/problem+json\` with \`code\`, which never changes, \`detail\`, which says what happened, and \`hint\`, which
says what to do. Streams are server-sent events and go on after \`Last-Event-ID\`.

| route | who | does | answers |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function cells({ method, path, roles, summary, body, query, answer }: Operation): string[] {
  const query_ = query ? `?${fields(query).join("&")}` : "";
  const takes = body
    ? ` Takes ${
        fields(body)
          .map((name) => `\`${name}\``)
          .join(", ") || "an empty object"
      }.`
    : "";
  const shape = "stream" in answer ? "event stream" : "json" in answer ? "JSON" : "text";
  return [
    `\`${method.toUpperCase()} ${path}${query_}\``,
    roles.join(", "),
    `${summary}.${takes}`.replace("..", "."),
    `${answer.status}, ${shape}`,
  ];
}

function fields(schema: z.core.$ZodType): string[] {
  const { properties, anyOf, oneOf } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    properties?: object;
    anyOf?: { properties?: object }[];
    oneOf?: { properties?: object }[];
  };
  const all = [{ properties }, ...(anyOf ?? []), ...(oneOf ?? [])];
  return [...new Set(all.flatMap((part) => Object.keys(part.properties ?? {})))];
}
