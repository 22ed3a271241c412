import { drain, type Body } from "./body.ts";
import type { GitCall } from "./git-call.ts";
import type { Exchange, GitEnd } from "./git-worker.ts";
import type { Command, PushRequest } from "./push-request.ts";
import { refusePlainly, type GitRefusalCode } from "./refuse-plainly.ts";
import { writeReport } from "./report.ts";

export const RESULT_TYPE = "application/x-git-receive-pack-result";

/** A push whose commands are known. */
export interface Push {
  readonly request: PushRequest;
  /** Of the commands, as they came. */
  readonly headLength: number;
  /** What of the pack came with them. */
  readonly rest: Buffer;
  readonly body: Body;
  /** What has come of it so far. */
  received(): number;
}

export interface NotDone extends Partial<Pick<GitEnd, "status" | "outcome">> {
  readonly code: GitRefusalCode;
  /** One for each command, or one for all. */
  readonly reasons: readonly string[];
  readonly command?: Command | undefined;
}

/** Tells git beside each ref why nothing was done, once all that it sends has arrived: it reads no answer before. */
export async function reportNotDone(
  { answer }: Exchange,
  { note }: Pick<GitCall, "note">,
  { push, ...notDone }: NotDone & { push: Push },
): Promise<void> {
  const { code, reasons, command = push.request.commands[0], status = null, outcome = "refused" } = notDone;
  await drain(push.body);
  const requestBytes = push.received();
  note({ status, outcome, refusal: code, requestBytes, answerBytes: 0, push: describePush(command) });
  const said = writeReport(push.request, reasons);
  if (said === null) return refusePlainly(answer, { status: 403, code, message: reasons.join("\n") });
  answer.writeHead(200, { "content-type": RESULT_TYPE, "cache-control": "no-cache", "x-harness-refusal": code });
  answer.end(said);
}

/** For its line in calls.jsonl. */
export function describePush(command: Command | undefined, accepted = false): NonNullable<GitEnd["push"]> {
  const { ref = "", old = "", new: fresh = "" } = command ?? {};
  return { ref: ref.slice(0, 256), old, new: fresh, accepted };
}
