import { Hono } from "hono";
import { answerQuestion } from "../../sessions/answer.ts";
import { listMessages } from "../../sessions/list-messages.ts";
import { sendToSession } from "../../sessions/send.ts";
import { check } from "../check.ts";
import { SESSION_OPERATIONS as OPERATIONS } from "../operations/sessions.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function messageRoutes({ context }: Parts) {
  return new Hono<HttpEnv>()
    .post(
      OPERATIONS.sendMessage.path,
      check("param", OPERATIONS.sendMessage.params),
      check("json", OPERATIONS.sendMessage.body),
      async (c) => c.json(await sendToSession(context, c.req.valid("param").id, c.req.valid("json")), 202),
    )
    .get(
      OPERATIONS.listMessages.path,
      check("param", OPERATIONS.listMessages.params),
      check("query", OPERATIONS.listMessages.query),
      async (c) => c.json(await listMessages(context, c.req.valid("param").id, c.req.valid("query").box), 200),
    )
    .post(
      OPERATIONS.answerQuestion.path,
      check("param", OPERATIONS.answerQuestion.params),
      check("json", OPERATIONS.answerQuestion.body),
      async (c) => c.json(await answerQuestion(context, c.req.valid("param").id, c.req.valid("json")), 202),
    );
}
