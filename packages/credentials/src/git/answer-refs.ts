import { readAdvertisement, showAdvertisement, zeroOf } from "./advertisement.ts";
import { askRemote, whyUseless } from "./ask-remote.ts";
import { keptHeaders } from "./client-headers.ts";
import type { GitCall } from "./git-call.ts";
import type { Exchange, GitService } from "./git-worker.ts";
import { refusePlainly, type GitRefusal } from "./refuse-plainly.ts";

const TYPE = "application/x-git-receive-pack-advertisement";
const LIMIT = 32 * 1024 * 1024;

/** Tells a session what it needs to know of the remote before it pushes. */
export async function answerRefs(service: GitService, { asked, answer, gone }: Exchange, call: GitCall): Promise<void> {
  const { session, grant, note } = call;
  asked.resume();
  const asking = askRemote(service, {
    method: "GET",
    path: "/info/refs?service=git-receive-pack",
    headers: keptHeaders(asked.headers),
    signal: gone,
  });
  asking.end();
  const response = await asking.response();
  const status = response.statusCode ?? null;
  const refuse = (refusal: GitRefusal) => {
    note({ status, outcome: "refused", refusal: refusal.code, requestBytes: 0, answerBytes: 0 });
    asking.destroy();
    refusePlainly(answer, refusal);
  };
  const useless = await whyUseless(service, response, TYPE);
  if (useless) return refuse(useless);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const bytes of response as AsyncIterable<Buffer>) {
    pieces.push(bytes);
    length += bytes.length;
    if (length > LIMIT) break;
  }
  const found = length > LIMIT ? null : readAdvertisement(Buffer.concat(pieces));
  if (found === null)
    return refuse({ status: 502, code: "remote-refused", message: "What the remote says of itself cannot be read." });
  service.shown.set(session, found.refs.get(grant.ref) ?? zeroOf(found));
  note({ status, outcome: "answered", requestBytes: 0, answerBytes: length });
  answer.writeHead(200, { "content-type": TYPE, "cache-control": "no-cache" });
  answer.end(showAdvertisement(found, grant));
}
