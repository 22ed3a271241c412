import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { FLUSH, pktLine } from "../src/git/pkt-line.ts";
import { call, callRaw, type Answered } from "./calls.ts";
import { gitSession, OWN, TOKEN, type GitSession } from "./git-session.ts";
import { WORKER_KEY } from "./running-worker.ts";

const ZERO = "0".repeat(40);
const BEARER = { authorization: `Bearer ${WORKER_KEY}` };
const PUSH = { ...BEARER, "content-type": "application/x-git-receive-pack-request" };

function ask(session: GitSession, path: string, options: Parameters<typeof call>[1] = {}): Promise<Answered> {
  return call(session.socket, { key: null, method: "GET", headers: BEARER, path, ...options });
}

/** A push as no client would write it, after the session was shown the remote. */
async function push(
  session: GitSession,
  lines: string[],
  { pack = Buffer.alloc(0), headers = {} }: { pack?: Buffer; headers?: object } = {},
): Promise<Answered> {
  await ask(session, "/remote/info/refs?service=git-receive-pack");
  const body = Buffer.concat([...lines.map((line) => pktLine(line)), FLUSH, pack]);
  return ask(session, "/remote/git-receive-pack", { method: "POST", headers: { ...PUSH, ...headers }, body });
}

test("what is shown is the own branch alone, and commits without a name before there is one", async () => {
  await using session = await gitSession();
  const main = session.git("rev-parse", "main");
  const before = await ask(session, "/remote/info/refs?service=git-receive-pack");
  expect(before.text).toContain(`${main} .have`);
  expect(before.text).not.toContain("refs/heads/main");
  expect(before.text).not.toMatch(/delete-refs|push-options|atomic|push-cert/);
  session.commit("one");
  expect((await session.tryGit("push", "origin", "HEAD")).code).toBe(0);
  const after = await ask(session, "/remote/info/refs?service=git-receive-pack");
  expect(after.text).toContain(OWN);
  expect(after.text).not.toContain(main);
});

test("commands that no git writes are refused, and nothing of them reaches the remote", async () => {
  await using session = await gitSession();
  const one = session.commit("one");
  expect((await session.tryGit("push", "origin", "HEAD")).code).toBe(0);
  const two = session.commit("two");
  const before = session.remote.refs();
  const pack = execFileSync("git", ["-C", session.worktree, "pack-objects", "--revs", "--stdout", "--quiet"], {
    input: `${two}\n^${one}\n`,
  });
  const caps = "\0 report-status";
  const posts = () => session.remote.requests.filter(({ method }) => method === "POST").length;
  const asked = posts();
  for (const lines of [
    [`${one} ${ZERO} ${OWN}${caps}`],
    [`${two} ${two} ${OWN}${caps}`],
    [`${ZERO} ${two} ${OWN}${caps}`],
    [`${one} ${two} ${OWN} ${caps}`],
    [`${one} ${two} ${OWN}\n\nrefs/heads/main${caps}`],
    [`${one} ${two} ${OWN}/../main${caps}`],
    [`${one} ${two} ${OWN.toUpperCase()}${caps}`],
    [`${one} ${two} ${OWN}${caps}`, `${one} ${two} ${OWN}`],
    [`${one} ${two} ${OWN}${caps}`, `${ZERO} ${two} refs/heads/main`],
    [`${one} ${two} ${OWN}${caps}`, `${ZERO} ${two} refs/heads/main\0report-status`],
    [`${one} ${two} ${OWN}\0 report-status push-options`],
    [`${one} ${two} ${OWN}\0 report-status atomic`],
    [`push-cert${caps}`, "certificate version 0.1"],
    [`${one} ${two.slice(1)} ${OWN}${caps}`],
    ["hello"],
  ]) {
    const answer = await push(session, lines, { pack });
    expect(answer.headers["x-harness-refusal"], `refused: ${lines.join(" ")}`).toBe("push-refused");
  }
  expect(posts()).toBe(asked);
  expect(session.remote.refs()).toEqual(before);
});

test("a pack that hides where it leads, or that is none, never comes to the remote as a whole", async () => {
  await using session = await gitSession();
  const one = session.commit("one");
  expect((await session.tryGit("push", "origin", "HEAD")).code).toBe(0);
  session.git("reset", "--quiet", "--hard", "main");
  const other = session.commit("other");
  const before = session.remote.refs();
  const packed = (range: string) =>
    execFileSync("git", ["-C", session.worktree, "pack-objects", "--revs", "--stdout", "--quiet"], {
      input: range,
    });
  const whole = packed(`${other}\n`);
  // Says that it has fewer objects, so that the rest seems to be its end.
  const fewer = Buffer.from(whole);
  fewer.writeUInt32BE(1, 8);
  const line = `${one} ${other} ${OWN}\0 report-status`;
  for (const pack of [whole, fewer, Buffer.from("PACK"), Buffer.alloc(0), packed(`${one}\n`)]) {
    const answer = await push(session, [line], { pack });
    expect(answer.text).toMatch(
      /ng refs\/heads\/harness\/own (?:the branch does not move forward|its pack cannot be read)/,
    );
  }
  expect(session.remote.refs()).toEqual(before);
});

test("nothing but the four requests of git is asked of the remote, and nothing of the client's own goes there", async () => {
  await using session = await gitSession();
  const { remote, socket } = session;
  const asked = remote.requests.length;
  for (const path of [
    "/remote/info/refs",
    "/remote/HEAD",
    "/remote/objects/info/packs",
    "/remote/info/refs?service=git-receive-pack&x=1",
    "/remote/info/refs?service=git-upload-archive",
    "/remote/../other/info/refs?service=git-receive-pack",
    "/remote%2e/info/refs?service=git-receive-pack",
    "//remote/info/refs?service=git-receive-pack",
    "/me/shop.git/info/refs?service=git-receive-pack",
    `${remote.url}/info/refs?service=git-receive-pack`,
  ])
    expect(await ask(session, path)).toMatchObject({ status: 403 });
  expect(await ask(session, "/remote/git-receive-pack", { headers: { authorization: "Bearer no" } })).toMatchObject({
    status: 403,
  });
  const zipped = { ...PUSH, "content-encoding": "gzip" };
  expect((await push(session, ["hello"], { headers: zipped })).status).toBe(415);
  const smuggled = await callRaw(
    socket,
    `POST /remote/git-receive-pack HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${WORKER_KEY}\r\n\r\n`,
  );
  expect(smuggled).toMatch(/^HTTP\/1\.1 421 /);
  // The one that looked at the remote, before the compressed push.
  expect(remote.requests.length).toBe(asked + 1);

  await ask(session, "/remote/info/refs?service=git-upload-pack", {
    headers: {
      ...BEARER,
      cookie: "mine",
      "x-forwarded-for": "1.2.3.4",
      "git-protocol": "version=2",
      "user-agent": "x",
    },
  });
  const { headers } = remote.requests.at(-1)!;
  expect(Object.keys(headers).toSorted()).toEqual([
    "accept-encoding",
    "authorization",
    "connection",
    "git-protocol",
    "host",
    "user-agent",
  ]);
  expect(headers.authorization).toBe(`Basic ${Buffer.from(`git:${TOKEN}`).toString("base64")}`);
  expect(headers["user-agent"]).toMatch(/^git\//);
});
