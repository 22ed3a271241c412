import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { newLoginKey, openLogin, readLoginFile, sealLogin, writeLoginFile, type Login } from "../src/oauth/login.ts";
import { readText, startUpstream, type Upstream } from "./calls.ts";

/** A provider that gives another pair of tokens for each refresh, and takes each refresh token once. */
export interface OAuthServer extends Upstream {
  /** The pair that is good now. */
  readonly pair: { access: string; refresh: string };
  /** How often it was asked for another pair. */
  asked: number;
  rotated: number;
  /** What the API answered, and to which token. */
  readonly calls: { token: string; status: number }[];
  /** Awaited in the middle of a refresh. */
  onStage: (stage: "asked" | "rotated") => Promise<void> | void;
  /** Instead of a pair. */
  answer: { status: number; body: string } | null;
  /** This token is refused from now on, or each there is: `everything`. */
  refuses: string;
  /** Calls of this version of the API are refused, whatever their token. */
  refusesVersion: string;
  login(changes?: Partial<Login>): Login;
}

const newToken = (kind: string) => `${kind}-${randomBytes(24).toString("base64url")}`;
const newPair = () => ({ access: newToken("access"), refresh: newToken("refresh") });
const usage = { usage: { input_tokens: 1, output_tokens: 1 } };

export async function startOAuthServer(lifeS = 3600): Promise<OAuthServer> {
  let pair = newPair();
  const upstream = await startUpstream((request, response) => {
    void (async () => {
      const body = await readText(request);
      const [status, said] =
        request.url === "/token" ? await trade(new URLSearchParams(body)) : answerCall(request.headers);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
    })();
  });

  async function trade(form: URLSearchParams): Promise<[number, unknown]> {
    server.asked += 1;
    await server.onStage("asked");
    if (server.answer !== null) return [server.answer.status, JSON.parse(server.answer.body)];
    if (form.get("grant_type") !== "refresh_token" || form.get("client_id") !== "harness")
      return [400, { error: "invalid_request" }];
    if (form.get("refresh_token") !== pair.refresh) return [400, { error: "invalid_grant" }];
    pair = newPair();
    server.rotated += 1;
    await server.onStage("rotated");
    return [200, { access_token: pair.access, refresh_token: pair.refresh, expires_in: lifeS, token_type: "Bearer" }];
  }
  function answerCall({ authorization = "", ...headers }: IncomingHttpHeaders): [number, unknown] {
    const token = authorization.replace("Bearer ", "");
    const isRefused = headers["anthropic-version"] === server.refusesVersion || server.refuses === "everything";
    const isGood = token === pair.access && !isRefused && server.refuses !== token;
    const status = isGood ? 200 : 401;
    server.calls.push({ token, status });
    // It repeats what it must not.
    return [status, { ...usage, error: isGood ? undefined : "authentication_error", echo: { token, pair } }];
  }
  const server: OAuthServer = {
    ...upstream,
    get pair() {
      return pair;
    },
    asked: 0,
    rotated: 0,
    calls: [],
    onStage: () => {},
    answer: null,
    refuses: "nothing",
    refusesVersion: "none",
    login: (changes = {}) => ({
      accessToken: pair.access,
      refreshToken: pair.refresh,
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
      tokenEndpoint: `${upstream.url}/token`,
      clientId: "harness",
      ...changes,
    }),
  };
  return server;
}

/** A login in a file below `directory`, as a person's `credential set` leaves it. */
export function placeLogin(directory: string, login: Login) {
  const key = newLoginKey();
  const path = join(directory, "main.login-1.json");
  const refreshedAt = new Date(Date.now() - 3_600_000).toISOString();
  writeLoginFile(path, sealLogin(login, key, { provider: "main", state: "ready", generation: 0, refreshedAt }));
  return {
    secret: key,
    login: path,
    /** Throws where it is not whole. */
    read() {
      const file = readLoginFile(path, "main");
      if (file === null) throw new Error("There is no login.");
      return { ...file, login: openLogin(file, key) };
    },
  };
}
