import { askRemote, whyUseless } from "./ask-remote.ts";
import { keptHeaders } from "./client-headers.ts";
import type { GitCall } from "./git-call.ts";
import type { Exchange, GitService } from "./git-worker.ts";
import { passOn } from "./pass-on.ts";
import { refusePlainly, type GitRefusal } from "./refuse-plainly.ts";

/** What a session asks for, not what it gets. */
const REQUEST_LIMIT = 16 * 1024 * 1024;
const KEPT = [
  ["git-protocol", /^version=[012]$/],
  ["content-encoding", /^gzip$/],
] as const;

/** Lets a session read from the remote: what it asks and what it gets pass through as they are. */
export async function answerFetch(
  service: GitService,
  { asked, answer, gone }: Exchange,
  call: GitCall,
): Promise<void> {
  const { capability, note } = call;
  const isRefs = capability === "fetch.refs";
  const sends = isRefs ? [] : ["content-type", "application/x-git-upload-pack-request", "transfer-encoding", "chunked"];
  let requestBytes = 0;
  const asking = askRemote(service, {
    method: isRefs ? "GET" : "POST",
    path: isRefs ? "/info/refs?service=git-upload-pack" : "/git-upload-pack",
    headers: [...keptHeaders(asked.headers, isRefs ? KEPT.slice(0, 1) : KEPT), ...sends],
    signal: gone,
  });
  const refuse = (status: number | null, refusal: GitRefusal) => {
    note({ status, outcome: "refused", refusal: refusal.code, requestBytes, answerBytes: 0 });
    asking.destroy();
    asked.resume();
    refusePlainly(answer, refusal);
  };
  for await (const bytes of asked.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    requestBytes += bytes.length;
    if (isRefs || requestBytes > REQUEST_LIMIT)
      return refuse(null, { status: 413, code: "not-allowed", message: "What is asked of the remote is too large." });
    if (!(await asking.write(bytes))) break;
  }
  asking.end();
  const response = await asking.response();
  const status = response.statusCode ?? null;
  const type = `application/x-git-upload-pack-${isRefs ? "advertisement" : "result"}`;
  const useless = await whyUseless(service, response, type);
  if (useless) return refuse(status, useless);
  answer.writeHead(200, { "content-type": type, "cache-control": "no-cache" });
  const answerBytes = await passOn(response, answer, service);
  note({ status, outcome: "answered", requestBytes, answerBytes });
  answer.end();
}
