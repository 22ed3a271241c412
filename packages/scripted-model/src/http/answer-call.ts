import * as z from "zod";
import type { Call } from "../conversation/call.ts";
import { identifyCall } from "../conversation/identify-call.ts";
import type { Action, Failure } from "../reply/action.ts";
import { findReply } from "../reply/find-reply.ts";
import { countsAttempts, planReply } from "../reply/plan-reply.ts";
import { estimateTokens, play } from "../reply/play.ts";
import { ScriptError } from "../script/script-error.ts";
import type { Script } from "../script/script.ts";
import type { Wire } from "../wires/wire.ts";
import { sendFailure, type Exchange } from "./exchange.ts";
import { createStreamSink, createWholeSink } from "./sinks.ts";

export interface Stage {
  script: Script;
  /** How often a failing step with `times` was asked for, by the call's identity. */
  attempts: Map<string, number>;
}

/** Plays the reply that the request's conversation has come to. */
export async function answerCall(
  exchange: Exchange,
  wire: Wire,
  { body, stage }: { body: string; stage: Stage },
): Promise<void> {
  const planned = planCall(exchange, wire, { body, stage });
  if ("failure" in planned) return sendFailure(exchange, wire, planned.failure);
  const { call, id, actions } = planned;
  const inputTokens = estimateTokens(body.length);
  const created = Math.floor(Date.now() / 1000);
  const envelope = { id, model: call.model, created, inputTokens, wantsUsage: call.wantsUsage };
  const sink = (call.stream ? createStreamSink : createWholeSink)(exchange, wire, envelope);
  await play(actions, { sink, id, inputTokens, signal: exchange.signal });
}

type Planned = { call: Call; id: string; actions: Action[] } | { failure: Failure };

function planCall({ url, record }: Exchange, wire: Wire, { body, stage }: { body: string; stage: Stage }): Planned {
  const { script, attempts } = stage;
  try {
    const call = wire.readCall(JSON.parse(body), url.pathname);
    const id = identifyCall(call, record.key);
    const said = call.entries.flatMap((entry) => (entry.kind === "user" ? [entry.text] : []));
    Object.assign(record, { model: call.model, stream: call.stream, system: call.system, said });
    const { scenario, position, steps } = findReply(script, call);
    Object.assign(record, { scenario, position: scenario === null ? null : position });
    const attempt = attempts.get(id) ?? 0;
    if (countsAttempts(steps)) attempts.set(id, attempt + 1);
    return { call, id, actions: planReply(steps, call.tools, attempt) };
  } catch (error) {
    return { failure: { status: 400, message: describeRefusal(error) } };
  }
}

// What is not one of these is a mistake in this package, and ends the request with a 500.
function describeRefusal(error: unknown): string {
  if (error instanceof ScriptError) return `${error.message} ${error.hint}`;
  if (error instanceof z.ZodError) return `The request is not valid:\n${z.prettifyError(error)}`;
  if (error instanceof SyntaxError) return `The request is not JSON: ${error.message}.`;
  throw error;
}
