import type { IncomingMessage } from "node:http";
import { createScrubber, scrubText } from "../scrub.ts";
import type { GitService } from "./git-worker.ts";
import type { GitRefusal } from "./refuse-plainly.ts";

const HEADER_LIMIT = 64 * 1024;
/** A remote may work long on a large push. */
const SILENCE_MS = 15 * 60_000;
const WORDS_LIMIT = 400;

export interface RemoteRequest {
  readonly method: "GET" | "POST";
  /** Below the remote's own path. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly signal: AbortSignal;
}

/** One request to the remote, with the real credential. */
export interface Asking {
  /** False once the remote has refused it, or is gone. */
  write(bytes: Buffer): Promise<boolean>;
  end(): void;
  /** Breaks it off: the remote never gets the end of what it was sent. */
  destroy(): void;
  /** Throws where no answer comes. */
  response(): Promise<IncomingMessage>;
}

export function askRemote(service: GitService, { method, path, headers, signal }: RemoteRequest): Asking {
  const { remote, authorization, request } = service;
  const own = [
    "host",
    remote.host,
    "accept-encoding",
    "identity",
    "authorization",
    authorization,
    "connection",
    "close",
  ];
  const outgoing = request({
    hostname: remote.hostname,
    port: remote.port,
    method,
    path: `${remote.path}${path}`,
    headers: [...headers, ...own],
    maxHeaderSize: HEADER_LIMIT,
    agent: false,
    setDefaultHeaders: false,
    signal,
  });
  let over = false;
  let wake = () => {};
  const finish = () => {
    over = true;
    wake();
  };
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
    outgoing.once("close", () => reject(new Error("The connection was closed.")));
  });
  // A remote that takes what it is sent may say so before it has all of it.
  answered.then((response) => response.statusCode === 200 || finish(), finish);
  outgoing.once("close", finish);
  outgoing.on("error", () => {});
  outgoing.on("drain", () => wake());
  outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error("It says nothing.")));
  return {
    async write(bytes) {
      if (over) return false;
      if (bytes.length === 0 || outgoing.write(bytes)) return true;
      await new Promise<void>((resolve) => (wake = resolve));
      return !over;
    },
    end: () => void outgoing.end(),
    destroy: () => void outgoing.destroy(),
    response: () => answered,
  };
}

/** Why an answer of the remote is of no use; null where it is what was asked for. */
export async function whyUseless(
  { start, forms }: GitService,
  response: IncomingMessage,
  type: string,
): Promise<GitRefusal | null> {
  const { statusCode = 502, headers } = response;
  const refused = (message: string): GitRefusal => ({ status: 403, code: "remote-refused", message });
  if (statusCode >= 300 && statusCode < 400)
    return {
      status: 502,
      code: "remote-redirected",
      message: `The remote redirects (${statusCode}), and nobody follows with its credential. Its own address belongs into \`harness credential set ${start.provider} --git\`.`,
    };
  if (statusCode === 401) return refused(`The remote does not accept the credential ${start.provider} (401).`);
  if (statusCode !== 200) {
    const words = await readWords(response, forms);
    return refused(`The remote answers ${statusCode} to the credential ${start.provider}${words}`);
  }
  if (headers["content-type"] === type && (headers["content-encoding"] ?? "identity") === "identity") return null;
  return refused("The remote answers something that is not git's.");
}

/** What the remote says for a person to read, without the secret: masked before it is cut, which may be in its middle. */
async function readWords(response: IncomingMessage, forms: readonly Buffer[]): Promise<string> {
  if (!/^text\/plain\b/.test(response.headers["content-type"] ?? "")) return ".";
  const scrubber = createScrubber(forms);
  let text = "";
  for await (const bytes of response) {
    text += scrubber.read(bytes as Buffer).toString("latin1");
    if (text.length > WORDS_LIMIT) break;
  }
  const words = text.replaceAll(/[^\u0020-\u007e]+/g, " ").trim();
  return words === "" ? "." : `: ${words.slice(0, WORDS_LIMIT)}`;
}

export function unreachable({ start, forms }: GitService, error: unknown): GitRefusal {
  const why = scrubText(error instanceof Error ? error.message : String(error), forms);
  return {
    status: 502,
    code: "remote-unreachable",
    message: `The remote of ${start.provider} broke off or cannot be reached: ${why}`,
  };
}
