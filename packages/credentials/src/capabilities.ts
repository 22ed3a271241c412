import type { Wire } from "./protocol.ts";
import type { Upstream } from "./upstream.ts";

interface Capability {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** A model is asked for a reply: it counts against the budget. */
  readonly metered: boolean;
}

const post = (name: string, path: RegExp, metered = true): Capability => ({ name, method: "POST", path, metered });
const MODELS: Capability = {
  name: "models",
  method: "GET",
  // Not `.` and `..`, which lead somewhere else.
  path: /^\/models(?:\/(?!\.{1,2}$)[\w.-]{1,128})?$/,
  metered: false,
};

/** All that a session can ask for, by the wire of its provider. Whatever else an API offers is not there. */
const CAPABILITIES: Readonly<Record<Wire, readonly Capability[]>> = {
  anthropic: [
    post("messages", /^\/messages$/),
    post("messages.count_tokens", /^\/messages\/count_tokens$/, false),
    MODELS,
  ],
  "openai-chat": [post("chat.completions", /^\/chat\/completions$/), MODELS],
  "openai-responses": [post("responses", /^\/responses$/), post("responses.compact", /^\/responses\/compact$/), MODELS],
  gemini: [
    post("generateContent", /^\/models\/[\w.-]{1,128}:generateContent$/),
    post("streamGenerateContent", /^\/models\/[\w.-]{1,128}:streamGenerateContent$/),
    post("countTokens", /^\/models\/[\w.-]{1,128}:countTokens$/, false),
    MODELS,
  ],
};

/** The parts of a query that say how an answer is to look. Everything else stays here. */
const QUERIES = new Set(["alt=sse", "beta=true"]);
const VERSION = /^\/v[0-9]{1,2}(?:(?:alpha|beta)[0-9]{0,2})?(?=\/)/;

export type Decision =
  | { readonly allowed: true; readonly capability: string; readonly metered: boolean; readonly target: string }
  | { readonly allowed: false; readonly status: number; readonly text: string };

export interface Asking {
  readonly wire: Wire;
  readonly upstream: Pick<Upstream, "root" | "version" | "query">;
}

const refuse = (status: number, text: string): Decision => ({ allowed: false, status, text });

/**
 * What to ask the provider for, or why nothing is asked. The target is put together from the configuration and from what
 * matched: no byte of the request goes on that is not one of a few known words or the name of a model. Pure.
 */
export function decideCall(
  { wire, upstream }: Asking,
  asked: { readonly method: string; readonly target: string },
): Decision {
  if (!asked.target.startsWith("/")) return refuse(400, "This is no proxy.");
  const [path = "", ...queries] = asked.target.split("?");
  const { root } = upstream;
  const below = root !== "" && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  const version = VERSION.exec(below)?.[0] ?? "";
  if (upstream.version !== "" && version !== "" && version !== upstream.version)
    return refuse(404, `This provider is asked in version ${upstream.version.slice(1)} only.`);
  const rest = below.slice(version.length);
  const capability = CAPABILITIES[wire].find(({ method, path: known }) => method === asked.method && known.test(rest));
  if (capability === undefined)
    return refuse(403, `This session may not ask the provider for that. It may: ${namesOf(wire)}.`);
  const kept = queries
    .join("?")
    .split("&")
    .filter((query) => QUERIES.has(query));
  const query = [...kept, upstream.query].filter((part) => part !== "").join("&");
  const target = `${root}${upstream.version || version}${rest}`;
  const { name, metered } = capability;
  return { allowed: true, capability: name, metered, target: query === "" ? target : `${target}?${query}` };
}

function namesOf(wire: Wire): string {
  return CAPABILITIES[wire].map(({ name }) => name).join(", ");
}
