import { ERROR_CODES, HarnessError, type ErrorCode } from "@harness/core";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { problemOf } from "./problem.ts";

test.each<[ErrorCode, number]>([
  ["session-not-found", 404],
  ["id-invalid", 400],
  ["branch-exists", 409],
  ["forbidden", 403],
  ["token-invalid", 401],
  ["too-many-requests", 429],
  ["git-missing", 503],
  ["storage-full", 507],
  ["message-too-large", 413],
  ["host-unknown", 421],
  ["media-type-unsupported", 415],
  ["internal", 500],
])("%s is answered with %i", (code, status) => {
  const problem = problemOf(new HarnessError(code, "What happened.", { details: { a: 1 } }));
  expect(problem).toEqual({
    type: `urn:harness:error:${code}`,
    title: ERROR_CODES[code].title,
    status,
    code,
    detail: "What happened.",
    hint: ERROR_CODES[code].hint,
    details: { a: 1 },
  });
});

test("a full disk is told as one, whoever ran into it", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(problemOf(full)).toMatchObject({ status: 507, code: "storage-full" });
});

test("what hono throws and what nobody expected have a code too", () => {
  expect(problemOf(new HTTPException(400, { message: "Malformed JSON in request body" }))).toMatchObject({
    status: 400,
    code: "request-invalid",
    detail: "Malformed JSON in request body",
  });
  expect(problemOf(new TypeError("x is not a function"))).toMatchObject({ status: 500, code: "internal" });
});
