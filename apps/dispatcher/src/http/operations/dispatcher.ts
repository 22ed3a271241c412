import { z } from "zod";
import { CodingAgentSchema } from "../../coding-agents/list.ts";
import { DiskReportSchema } from "../../disk/schema.ts";
import { HealthSchema } from "../../sessions/schema.ts";
import type { Operation } from "../operation.ts";

export const DISPATCHER_OPERATIONS = {
  health: {
    method: "get",
    path: "/api/health",
    roles: ["admin"],
    summary: "The dispatcher itself: version, counts, and what is wrong.",
    answer: { status: 200, json: HealthSchema },
  },
  agents: {
    method: "get",
    path: "/api/agents",
    roles: ["admin"],
    summary: "The coding agents that are known here: installed or not, which version, how each is driven.",
    answer: { status: 200, json: z.array(CodingAgentSchema) },
  },
  disk: {
    method: "get",
    path: "/api/disk",
    roles: ["admin"],
    summary: "What sessions, hubs, archive and trash take of the disk. `fresh` measures all of it again.",
    query: z.object({ fresh: z.enum(["true", "false"]).optional() }),
    answer: { status: 200, json: DiskReportSchema },
  },
  login: {
    method: "post",
    path: "/api/login",
    roles: ["anyone"],
    summary: "Trades a one-time code for a login cookie.",
    body: z.strictObject({ code: z.string().min(1).max(200) }),
    answer: { status: 200, json: z.object({ ok: z.literal(true) }) },
  },
  loginCode: {
    method: "post",
    path: "/api/login/code",
    roles: ["admin"],
    summary: "A new one-time code. The page takes it from the fragment of its URL: `/#code=…`.",
    answer: { status: 201, json: z.object({ code: z.string(), expiresAt: z.string() }) },
  },
  openapi: {
    method: "get",
    path: "/api/openapi.json",
    roles: ["admin"],
    summary: "This document.",
    answer: { status: 200, json: z.looseObject({ openapi: z.string() }) },
  },
  shutdown: {
    method: "post",
    path: "/api/shutdown",
    roles: ["admin"],
    summary: "Ends the dispatcher. Sessions go on, unless `all` asks to end them too.",
    body: z.strictObject({ all: z.boolean().default(false) }),
    answer: { status: 202, json: z.object({ stopping: z.literal(true) }) },
  },
} as const satisfies Record<string, Operation>;
