import { askVerdict } from "./ask-verdict.ts";
import { drain, readBody } from "./body.ts";
import { decidePush } from "./decide-push.ts";
import { forwardPush, REQUEST_TYPE } from "./forward-push.ts";
import type { GitCall } from "./git-call.ts";
import type { Exchange, GitService } from "./git-worker.ts";
import { reportNotDone, RESULT_TYPE } from "./push-report.ts";
import { readHead } from "./read-head.ts";
import { refusePlainly, type GitRefusalCode } from "./refuse-plainly.ts";

/** Lets a session create or move its own branch at the remote. */
export async function answerPush(service: GitService, exchange: Exchange, call: GitCall): Promise<void> {
  const { asked, answer } = exchange;
  const { session, grant, note } = call;
  let requestBytes = 0;
  const refuse = (status: number, code: GitRefusalCode, message: string) => {
    note({ status: null, outcome: "refused", refusal: code, requestBytes, answerBytes: 0 });
    refusePlainly(answer, { status, code, message });
  };
  const body = readBody(asked, (length) => (requestBytes += length));
  const head = await readHead(body);
  // git sends all that it has before it reads an answer.
  if (asked.headers["content-type"] !== REQUEST_TYPE || asked.headers["content-encoding"] !== undefined) {
    await drain(body);
    return refuse(415, "not-allowed", "This is no push, or one in a compressed form.");
  }
  if ("wrong" in head) {
    await drain(body);
    return refuse(403, "push-refused", head.wrong);
  }
  const { request, rest, length: headLength } = head;
  // So git asks whether it would be let in, before it sends much.
  if (request.commands.length === 0) {
    await drain(body);
    note({ status: null, outcome: "answered", requestBytes, answerBytes: 0 });
    answer.writeHead(200, { "content-type": RESULT_TYPE });
    return void answer.end();
  }
  const push = { request, rest, headLength, body, received: () => requestBytes };
  const verdict = decidePush(request, grant, service.shown.get(session) ?? null);
  if (!verdict.allowed) return reportNotDone(exchange, call, { code: "push-refused", reasons: verdict.reasons, push });
  const { command } = verdict;
  if (grant.workflows !== true) {
    const why = await askVerdict(service.start, { session, command, gone: exchange.gone });
    if (why !== null) return reportNotDone(exchange, call, { code: "push-refused", reasons: [why], push });
  }
  const looks = !verdict.creates && grant.force !== true;
  return forwardPush(service, exchange, { call, push, command, looks });
}
