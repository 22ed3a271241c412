import { z } from "zod";
import { OPERATIONS } from "./operations.ts";
import type { Operation } from "./operation.ts";

type Json = Record<string, unknown>;

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "code", "detail", "hint", "details"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "Permanent: programs may rely on it." },
    detail: { type: "string", description: "What happened and why." },
    hint: { type: "string", description: "What to do." },
    details: { type: "object" },
  },
};

/** The OpenAPI 3.1 document, made from the table that the routes themselves are made from. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS)) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: describe(name, operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Harness", version, description: "Errors are problem documents (RFC 9457)." },
    security: [{ token: [] }, { login: [] }],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        login: { type: "apiKey", in: "cookie", name: "harness-<port>" },
      },
    },
  };
}

function describe(name: string, operation: Operation): Json {
  const { roles, body, answer } = operation;
  return {
    operationId: name,
    summary: operation.summary,
    "x-roles": roles,
    ...(roles.includes("anyone") ? { security: [] } : {}),
    parameters: [...parameters("path", operation.params), ...parameters("query", operation.query)],
    ...(body
      ? { requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body, "input") } } } }
      : {}),
    responses: {
      [answer.status]: { description: operation.summary, content: contentOf(answer) },
      default: {
        description: "What went wrong.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parameters(place: "path" | "query", schema: z.core.$ZodType | undefined): Json[] {
  if (!schema) return [];
  const { properties, required } = jsonSchema(schema, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || (required?.includes(name) ?? false),
    schema: property,
  }));
}

function contentOf(answer: Operation["answer"]): Json {
  if ("json" in answer) return { "application/json": { schema: jsonSchema(answer.json, "output") } };
  if ("stream" in answer) return { "text/event-stream": { schema: jsonSchema(answer.stream, "output") } };
  return { "text/plain": { schema: { type: "string" } } };
}

function jsonSchema(schema: z.core.$ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  return rest;
}
