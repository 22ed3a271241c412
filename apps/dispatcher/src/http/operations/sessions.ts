import { EventSchema, IdSchema } from "@harness/core";
import { z } from "zod";
import {
  AnswerInputSchema,
  ApiEventSchema,
  MessageInputSchema,
  RemovalSchema,
  SentSchema,
  SessionDetailSchema,
  SessionSummarySchema,
  SpawnInputSchema,
} from "../../sessions/schema.ts";
import type { Operation } from "../operation.ts";
import { LogAnswerSchema, MessageAnswerSchema, TokenAnswerSchema } from "./answers.ts";

const SESSION = "/api/sessions/:id";
const params = z.object({ id: IdSchema });
const Summary = { status: 200, json: SessionSummarySchema } as const;

/** Numbers and switches arrive as text in a query. */
const CountSchema = z.coerce.number().int().min(0);

export const SESSION_OPERATIONS = {
  listSessions: {
    method: "get",
    path: "/api/sessions",
    roles: ["admin"],
    summary: "Every open session; with `all=1` the closed ones too.",
    query: z.object({ all: z.enum(["0", "1"]).optional() }),
    answer: { status: 200, json: z.array(SessionSummarySchema) },
  },
  createSession: {
    method: "post",
    path: "/api/sessions",
    roles: ["admin"],
    summary: "Makes a session and starts its agent process.",
    body: SpawnInputSchema,
    answer: { status: 201, json: SessionSummarySchema },
  },
  getSession: {
    method: "get",
    path: SESSION,
    roles: ["admin", "session"],
    summary: "One session in full.",
    params,
    answer: { status: 200, json: SessionDetailSchema },
  },
  removeSession: {
    method: "delete",
    path: SESSION,
    roles: ["admin"],
    summary: "Stops a session, keeps its unmerged work in a ref and a patch, and removes it.",
    params,
    query: z.object({ discard: z.enum(["0", "1"]).optional() }),
    answer: { status: 200, json: RemovalSchema },
  },
  sendMessage: {
    method: "post",
    path: `${SESSION}/messages`,
    roles: ["admin"],
    summary: "Writes a message into the inbox. The same id and content again changes nothing.",
    params,
    body: MessageInputSchema,
    answer: { status: 202, json: SentSchema },
  },
  listMessages: {
    method: "get",
    path: `${SESSION}/messages`,
    roles: ["admin", "session"],
    summary: "The messages of one mailbox, oldest first.",
    params,
    query: z.object({ box: z.enum(["inbox", "outbox"]).default("outbox") }),
    answer: { status: 200, json: z.array(MessageAnswerSchema) },
  },
  answerQuestion: {
    method: "post",
    path: `${SESSION}/answers`,
    roles: ["admin"],
    summary: "Answers an open question or permission request.",
    params,
    body: AnswerInputSchema,
    answer: { status: 202, json: SentSchema },
  },
  listEvents: {
    method: "get",
    path: `${SESSION}/events`,
    roles: ["admin", "session"],
    summary: "The log after `after`, oldest first.",
    params,
    query: z.object({ after: CountSchema.optional(), limit: CountSchema.max(10_000).default(1000) }),
    answer: { status: 200, json: z.array(EventSchema) },
  },
  followEvents: {
    method: "get",
    path: `${SESSION}/events/stream`,
    roles: ["admin", "session"],
    summary: "The log, live. Resumes after the `Last-Event-ID` header or after `after`.",
    params,
    query: z.object({ after: CountSchema.optional() }),
    answer: { status: 200, stream: LogAnswerSchema },
  },
  stopSession: lifeCycle(
    "stop",
    "Ends the agent process and keeps it down until `resume`. The running turn can be resumed.",
  ),
  killSession: lifeCycle("kill", "As `stop`, with no grace."),
  resumeSession: lifeCycle("resume", "Starts a stopped, failed or parked session again."),
  setUpSession: lifeCycle(
    "setup",
    "Sets the session's worktree up again, as config.yaml says it by now. Refused while a turn runs.",
  ),
  parkSession: lifeCycle("park", "Ends the agent process of an idle session; its next message wakes it."),
  closeSession: lifeCycle("close", "Ends the session for good; its directory stays."),
  rotateToken: token("rotate", "Writes a new token for the session into the file named. No other session is touched."),
  revokeToken: token("revoke", "Takes the session's token away. No other session is touched."),
  followAll: {
    method: "get",
    path: "/api/events",
    roles: ["admin"],
    summary:
      "Every change of every session, live: first all as they are, then what changes. Resumes after `Last-Event-ID`.",
    answer: { status: 200, stream: ApiEventSchema },
  },
} as const satisfies Record<string, Operation>;

function lifeCycle<Name extends string>(name: Name, summary: string) {
  return { method: "post", path: `${SESSION}/${name}`, roles: ["admin"], summary, params, answer: Summary } as const;
}

function token<Name extends string>(name: Name, summary: string) {
  const answer = { status: 200, json: TokenAnswerSchema } as const;
  return { method: "post", path: `${SESSION}/token/${name}`, roles: ["admin"], summary, params, answer } as const;
}
