import type { z } from "zod";
import type { Role } from "./principal.ts";

/** One thing the API can do. The table of them decides who may ask, what is checked, and what the OpenAPI document says. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** As hono writes it: `/api/sessions/:id`. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly summary: string;
  readonly params?: z.core.$ZodType;
  readonly query?: z.core.$ZodType;
  readonly body?: z.core.$ZodType;
  readonly answer: { readonly status: number } & (
    | { readonly json: z.core.$ZodType }
    | { readonly stream: z.core.$ZodType }
    | { readonly text: true }
  );
}
