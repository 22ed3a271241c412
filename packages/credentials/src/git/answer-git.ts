import { opens, readGrant } from "../grants.ts";
import { presentedKeys, whyRefused } from "../headers.ts";
import type { Asked } from "../serve-session.ts";
import { answerFetch } from "./answer-fetch.ts";
import { answerPush } from "./answer-push.ts";
import { answerRefs } from "./answer-refs.ts";
import { findCapability, type GitCapability } from "./calls.ts";
import { isGone, type GitEnd, type GitService } from "./git-worker.ts";
import { unreachable } from "./ask-remote.ts";
import { refusePlainly, type GitRefusal } from "./refuse-plainly.ts";

/** Each may hold what a push reads along. */
const MOST_AT_ONCE = 4;

/** Answers one request of git that came over the socket of `session`. */
export async function answerGit(service: GitService, session: string, { asked, answer, admit }: Asked): Promise<void> {
  const beganAt = performance.now();
  const { start, remote, ledger, running } = service;
  answer.on("error", () => {});
  asked.on("error", () => {});
  let noted = false;

  // Written down before the session can know of it.
  function note(capability: GitCapability | null, end: GitEnd): void {
    if (noted) return;
    noted = true;
    const durationMs = Math.round(performance.now() - beganAt);
    ledger.add({ session, capability, ...end, inputTokens: 0, outputTokens: 0, durationMs });
  }
  function say(refusal: GitRefusal, capability: GitCapability | null = null): void {
    asked.resume();
    note(capability, { status: null, outcome: "refused", refusal: refusal.code, requestBytes: 0, answerBytes: 0 });
    refusePlainly(answer, refusal);
  }
  const target = asked.url ?? "";
  const wrong = whyRefused(withoutEncoding(asked.rawHeaders), { host: remote.host, method: asked.method });
  if (wrong) return say({ code: "not-allowed", status: wrong.status, message: wrong.text });
  const grant = readGrant(start.directory, session);
  const granted = grant?.push;
  const keys = presentedKeys(asked.rawHeaders, target);
  if (grant === null || granted === undefined || !opens(grant, keys))
    return say({ code: "worker-key-refused", status: 403, message: "This is not the worker key of this session." });
  admit(keys);
  const capability = findCapability(asked.method ?? "", target);
  if (capability === null)
    return say({
      code: "not-allowed",
      status: 403,
      message: `This session may fetch from and push to the one remote of ${start.provider}, and ask nothing else.`,
    });
  const under = running.get(session) ?? 0;
  if (under >= MOST_AT_ONCE)
    return say({ code: "not-allowed", status: 429, message: "This session asks its remote too much at once." });
  running.set(session, under + 1);
  const gone = new AbortController();
  answer.once("close", () => gone.abort());
  const exchange = { asked, answer, gone: gone.signal };
  const call = { session, grant: granted, capability, note: (end: GitEnd) => note(capability, end) };
  try {
    if (capability === "push") await answerPush(service, exchange, call);
    else if (capability === "push.refs") await answerRefs(service, exchange, call);
    else await answerFetch(service, exchange, call);
  } catch (error) {
    const refusal = unreachable(service, error);
    const outcome = isGone(exchange) ? "aborted" : "broken";
    note(capability, { status: null, outcome, refusal: refusal.code, requestBytes: 0, answerBytes: 0 });
    asked.resume();
    refusePlainly(answer, refusal);
  } finally {
    const left = (running.get(session) ?? 1) - 1;
    if (left > 0) running.set(session, left);
    else running.delete(session);
  }
}

/** git packs what it asks for into gzip when it fetches: that is looked at where it may stand. */
function withoutEncoding(raw: readonly string[]): string[] {
  return raw.filter((_, index) => raw[index - (index % 2)]?.toLowerCase() !== "content-encoding");
}
