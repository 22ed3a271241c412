import type { IncomingMessage } from "node:http";
import { askRemote, unreachable, whyUseless } from "./ask-remote.ts";
import { drain, followedBy } from "./body.ts";
import { keptHeaders } from "./client-headers.ts";
import type { GitCall } from "./git-call.ts";
import { isGone, type Exchange, type GitService } from "./git-worker.ts";
import { passOn } from "./pass-on.ts";
import { describePush, reportNotDone, RESULT_TYPE, type NotDone, type Push } from "./push-report.ts";
import { writePushRequest, type Command } from "./push-request.ts";
import { sendPack } from "./send-pack.ts";

export const REQUEST_TYPE = "application/x-git-receive-pack-request";
/** How much of a remote's report is looked at. */
const REPORT_LIMIT = 64 * 1024;

export interface Forwarding {
  readonly call: GitCall;
  readonly push: Push;
  readonly command: Command;
  /** The branch must only move forward. */
  readonly looks: boolean;
}

/** Sends a push that is allowed on to the remote, and its answer back. */
export async function forwardPush(
  service: GitService,
  exchange: Exchange,
  { call, push, command, looks }: Forwarding,
): Promise<void> {
  const { asked, answer, gone } = exchange;
  const written = writePushRequest(push.request, command);
  const asking = askRemote(service, {
    method: "POST",
    path: "/git-receive-pack",
    headers: [
      "content-type",
      REQUEST_TYPE,
      "accept",
      RESULT_TYPE,
      ...keptHeaders(asked.headers),
      ...lengthHeader(asked, written.length - push.headLength),
    ],
    signal: gone,
  });
  const report = (notDone: NotDone) => {
    asking.destroy();
    return reportNotDone(exchange, call, { ...notDone, command, push });
  };
  try {
    await asking.write(written);
    const why = await sendPack(asking, followedBy(push.rest, push.body), { command, looks });
    if (why !== null) return await report({ code: "push-refused", reasons: [why] });
    const response = await asking.response();
    const status = response.statusCode ?? null;
    const useless = await whyUseless(service, response, RESULT_TYPE);
    if (useless) return await report({ code: useless.code, reasons: [useless.message], status });
    await drain(push.body);
    // Where the branch is by now has to be asked again.
    service.shown.delete(call.session);
    answer.writeHead(200, { "content-type": RESULT_TYPE, "cache-control": "no-cache" });
    const said = keepBeginning();
    const answerBytes = await passOn(response, answer, { forms: service.forms, look: said.add });
    const done = describePush(command, said.text().includes(`ok ${command.ref}\n`));
    call.note({ status, outcome: "answered", requestBytes: push.received(), answerBytes, push: done });
    answer.end();
  } catch (error) {
    const { code, message } = unreachable(service, error);
    if (!isGone(exchange) && !answer.headersSent) return await report({ code, reasons: [message], outcome: "broken" });
    const outcome = isGone(exchange) ? "aborted" : "broken";
    const end = { status: null, outcome, requestBytes: push.received(), answerBytes: 0 } as const;
    call.note({ ...end, push: describePush(command) });
    asking.destroy();
    answer.destroy();
  }
}

function lengthHeader({ headers }: IncomingMessage, more: number): string[] {
  const length = headers["content-length"];
  return length === undefined ? ["transfer-encoding", "chunked"] : ["content-length", String(Number(length) + more)];
}

function keepBeginning(): { add(bytes: Buffer): void; text(): Buffer } {
  let kept = Buffer.alloc(0);
  return {
    add: (bytes) => {
      if (kept.length < REPORT_LIMIT) kept = Buffer.concat([kept, bytes]);
    },
    text: () => kept,
  };
}
