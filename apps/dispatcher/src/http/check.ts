import { HarnessError } from "@harness/core";
import { zValidator } from "@hono/zod-validator";
import type { ValidationTargets } from "hono";
import type { z } from "zod";

/** Checks one part of a request against its schema. Throws `id-invalid` or `request-invalid`, with the fields. */
export const check = <Target extends keyof ValidationTargets, Schema extends z.core.$ZodType>(
  target: Target,
  schema: Schema,
) =>
  zValidator(target, schema, (result) => {
    if (!result.success) throw refusal(target, result.error);
  });

function refusal(target: string, error: z.core.$ZodError): HarnessError {
  if (target === "param") return new HarnessError("id-invalid", "The id in the path is not one.", { cause: error });
  const fields = error.issues.map(({ path, message }) => ({ field: path.join(".") || target, message }));
  const text = fields.map(({ field, message }) => `${field}: ${message.replace(/\.$/, "")}`).join("; ");
  return new HarnessError("request-invalid", `The request does not fit. ${text}.`, { details: { fields } });
}
