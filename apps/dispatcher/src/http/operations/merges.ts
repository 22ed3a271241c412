import { IdSchema } from "@harness/core";
import { z } from "zod";
import { MergeItemSchema } from "../../merges/item.ts";
import type { Operation } from "../operation.ts";
import { DigestSchema, MERGE_WISH, OidSchema } from "./merge-wish.ts";

const MERGES = "/api/merges";
const MERGE = `${MERGES}/:id` as const;
const params = z.object({ id: IdSchema });
const Item = { status: 200, json: MergeItemSchema } as const;

/** Shorter than what clients and proxies wait for the first byte of an answer. */
const WAIT_AT_MOST_MS = 25_000;

export const MERGE_OPERATIONS = {
  listMerges: {
    method: "get",
    path: MERGES,
    roles: ["admin"],
    summary: "The merge queue in its order; with `all=1` also what has ended.",
    query: z.object({ all: z.enum(["0", "1"]).optional() }),
    answer: { status: 200, json: z.array(MergeItemSchema) },
  },
  enqueueMerges: {
    method: "post",
    path: MERGES,
    roles: ["admin"],
    summary: "Puts what sessions have committed into the merge queue, in the order given, and answers at once.",
    body: z.strictObject({ sessions: z.array(IdSchema).min(1).max(100), ...MERGE_WISH }),
    answer: { status: 202, json: z.array(MergeItemSchema) },
  },
  getMerge: {
    method: "get",
    path: MERGE,
    roles: ["admin"],
    summary: "One merge. With `waitMs` the answer waits until it has ended or needs an approval, or for that long.",
    params,
    query: z.object({ waitMs: z.coerce.number().int().min(0).max(WAIT_AT_MOST_MS).optional() }),
    answer: Item,
  },
  cancelMerge: {
    method: "post",
    path: `${MERGE}/cancel`,
    roles: ["admin"],
    summary: "Takes a merge out of the queue that has not begun.",
    params,
    answer: Item,
  },
  approveMerge: {
    method: "post",
    path: `${MERGE}/approve`,
    roles: ["admin"],
    summary: "Says yes to what was found in exactly this commit; `digest` names the list that was looked at.",
    params,
    body: z.strictObject({ tip: OidSchema, digest: DigestSchema.optional() }),
    answer: Item,
  },
  gateLog: {
    method: "get",
    path: `${MERGE}/log`,
    roles: ["admin"],
    summary: "What the gate printed that decided about a merge.",
    params,
    answer: { status: 200, text: true },
  },
} as const satisfies Record<string, Operation>;
