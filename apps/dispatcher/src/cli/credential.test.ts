import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGitRemote } from "@harness/core/testing";
import { startScriptedModel } from "@harness/scripted-model";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const KEY = "sk-canary-0123456789";
let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
  mkdirSync(line.root.path, { mode: 0o700 });
});
afterEach(() => line[Symbol.asyncDispose]());

async function cloud(): Promise<string> {
  const script = { scenarios: [{ name: "all", replies: [[{ text: "Here." }]] }] };
  const model = await startScriptedModel({ script, keys: [KEY] });
  onTestFinished(() => model.close());
  const provider = `{ wire: anthropic, baseUrl: "${model.url}", model: m }`;
  writeFileSync(line.root.config, `defaults: { provider: cloud }\nproviders: { cloud: ${provider} }\n`);
  return model.url;
}

test("a key that is set is tried, used by a session, never printed again, and gone when it is removed", async () => {
  await cloud();
  const set = await line.run(["credential", "set", "cloud"], { input: `${KEY}\n` });
  expect([set.code, set.stdout]).toEqual([0, expect.stringContaining("It is not encrypted")]);
  expect(statSync(line.root.workerOf("cloud").credential).mode & 0o777).toBe(0o600);
  const trial = await line.run(["credential", "test", "cloud"]);
  expect([trial.code, trial.stdout]).toEqual([0, expect.stringContaining("answered 200")]);

  const { id } = (await line.run(["spawn", "hello", "--no-repo", "--json"])).json();
  expect((await line.run(["wait", id])).code).toBe(0);
  const shown = await line.run(["show", id]);
  expect(shown.stdout).toMatch(/^key +key in credential worker$/m);
  expect(shown.stdout).toMatch(/^last line +Here\.$/m);
  const listed = await line.run(["credential", "ls", "--json"]);
  const [first] = listed.json();
  expect(first).toMatchObject({ provider: "cloud", key: "file", variable: null, worker: expect.any(Number) });
  const doctor = await line.run(["doctor"]);
  for (const { stdout, stderr } of [set, trial, shown, listed, doctor]) expect(stdout + stderr).not.toContain(KEY);

  expect((await line.run(["credential", "rm", "cloud"])).code).toBe(0);
  const again = await line.run(["credential", "rm", "cloud", "--json"]);
  expect([again.code, again.stderr]).toEqual([expect.any(Number), expect.stringMatching(/./)]);
  expect((await line.run(["credential", "ls"])).stdout).toMatch(/^cloud +none /m);
});

test("a key under a passphrase stands in no file as it is", async () => {
  await cloud();
  const passphrase = join(line.directory, "passphrase");
  writeFileSync(passphrase, "open sesame\n");
  const file = join(line.directory, "key");
  writeFileSync(file, `${KEY}\n`);
  const set = await line.run(["credential", "set", "cloud", "--file", file, "--passphrase-file", passphrase]);
  expect([set.code, set.stdout]).toEqual([0, "The key of cloud is kept under a passphrase.\n"]);
  expect(readFileSync(line.root.workerOf("cloud").credential, "utf8")).not.toContain(KEY);
  const spawn = ["spawn", "hello", "--no-repo", "--json"];
  const locked = await line.run(spawn);
  expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('"credential-locked"')]);
  expect((await line.run(["credential", "unlock", "cloud", "--passphrase-file", file])).code).toBe(1);
  expect((await line.run(["credential", "unlock", "cloud", "--passphrase-file", passphrase])).code).toBe(0);
  expect((await line.run([...spawn, "--wait"])).code).toBe(0);
  const trial = await line.run(["credential", "test", "cloud", "--passphrase-file", passphrase]);
  expect(trial.stdout).toContain("answered 200");
});

test.each([
  ["an unknown provider", ["nobody"], KEY, "nobody"],
  ["nothing", ["cloud"], "", "No key was given"],
  ["two lines", ["cloud"], "sk-one\nsk-two\n", "not one line"],
])("%s is refused and nothing is kept", async (_what, words, input, said) => {
  await cloud();
  const ran = await line.run(["credential", "set", ...words], { input });
  expect([ran.code === 0, ran.stderr]).toEqual([false, expect.stringContaining(said)]);
  expect((await line.run(["credential", "ls"])).stdout).toMatch(/^cloud +none /m);
});

test("a wrong key is told by what the provider answers", async () => {
  const url = await cloud();
  await line.run(["credential", "set", "cloud"], { input: "sk-of-somebody-else" });
  const trial = await line.run(["credential", "test", "cloud", "--json"]);
  expect([trial.code, trial.json()]).toEqual([1, { ok: false, status: 401, text: expect.stringContaining("401") }]);
  writeFileSync(
    line.root.config,
    `providers: { cloud: { wire: anthropic, baseUrl: "${url.replace(/\d+$/, "1")}" } }\n`,
  );
  const gone = await line.run(["credential", "test", "cloud"]);
  expect([gone.code, gone.stdout]).toEqual([1, expect.stringContaining("could not be reached")]);
});

test("the key of a remote is kept, tried, listed with what it opens, and forgotten", async () => {
  await using remote = await startGitRemote({ user: "me", token: KEY });
  const words = ["credential", "set", "shop", "--git", remote.url, "--user", "me"];
  const set = await line.run(words, { input: `${KEY}\n` });
  expect([set.code, set.stdout]).toEqual([0, expect.stringContaining("The key of shop is kept")]);
  const trial = await line.run(["credential", "test", "shop"]);
  expect([trial.code, trial.stdout]).toEqual([0, "The remote answered 200: it would take a push\n"]);
  const listed = await line.run(["credential", "ls", "--json"]);
  const last = { provider: "shop", kind: "git", remote: remote.url, key: "file", variable: null, worker: null };
  expect(listed.json().at(-1)).toMatchObject(last);
  expect((await line.run(["credential", "ls"])).stdout).toMatch(/^shop +file +no worker runs {2}git http:/m);
  for (const { stdout, stderr } of [set, trial, listed]) expect(stdout + stderr).not.toContain(KEY);
  expect((await line.run(["credential", "set", "shop", "--git", remote.url], { input: "wrong\n" })).code).toBe(0);
  const wrong = await line.run(["credential", "test", "shop"]);
  expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining("The remote answered 401")]);
  expect((await line.run(["credential", "rm", "shop"])).code).toBe(0);

  for (const [name, url, says] of [
    ["anthropic", remote.url, "is the name of a provider"],
    ["shop", "http://example.org/me/shop.git", "must begin with https:"],
    ["shop", "git@example.org:me/shop.git", "is not a URL"],
    ["shop", "https://me:secret@example.org/shop.git", "a user name or a password"],
    ["shop", "https://example.org/", "names no repository"],
  ] as const) {
    const refused = await line.run(["credential", "set", name, "--git", url], { input: `${KEY}\n` });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(says)]);
  }
});

test("an OAuth login is kept, shown by its state, and told apart from a key by `ls` and `doctor`", async () => {
  const url = await cloud();
  const passphrase = join(line.directory, "passphrase");
  writeFileSync(passphrase, "open sesame\n");
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const login = { access_token: KEY, refresh_token: "refresh-0123456789", expires_at, client_id: "c" };
  const input = JSON.stringify({ ...login, token_endpoint: `${url}/token` }, null, 2);
  const words = ["credential", "set", "cloud", "--oauth", "--passphrase-file", passphrase];
  const set = await line.run(words, { input });
  expect([set.code, set.stdout]).toEqual([0, "The login of cloud is kept under a passphrase.\n"]);
  const listed = await line.run(["credential", "ls", "--json"]);
  expect(listed.json()[0]).toMatchObject({ key: "passphrase", login: { state: "ready", expiresAt: expires_at } });
  const trial = await line.run(["credential", "test", "cloud", "--passphrase-file", passphrase]);
  expect([trial.code, trial.stdout]).toEqual([0, expect.stringContaining("answered 200")]);
  const { logins } = line.root.workerOf("cloud");
  const kept = readdirSync(line.root.credentials, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  expect(kept).toHaveLength(2);
  for (const { parentPath, name } of kept)
    expect(readFileSync(join(parentPath, name), "utf8")).not.toMatch(/refresh-|sk-canary/);
  // As its worker leaves it when the provider takes it no more.
  const [file = ""] = readdirSync(logins);
  const path = join(logins, file);
  const ended = { ...JSON.parse(readFileSync(path, "utf8")), state: "needs-login", reason: "invalid_grant" };
  writeFileSync(path, JSON.stringify(ended));
  expect((await line.run(["credential", "ls"])).stdout).toMatch(/^cloud +passphrase, needs-login \(invalid_grant\)/m);
  expect((await line.run(["doctor"])).stdout).toMatch(/needs-login: its OAuth login has ended \(invalid_grant\)/);
  expect((await line.run(["credential", "rm", "cloud"])).code).toBe(0);
  expect(readdirSync(line.root.credentials)).toEqual([]);
});

test.each([
  ["neither", [], "Say one of --tokens and --push."],
  ["both", ["--tokens", "5", "--push", "0".repeat(40)], "Say one of --tokens and --push."],
  ["a commit by its beginning", ["--push", "abcdef1"], "A commit is named in full."],
])("what a session is allowed is said once, and exactly: %s", async (_what, words, said) => {
  await cloud();
  await line.run(["credential", "set", "cloud"], { input: KEY });
  const id = (await line.run(["spawn", "hello", "--no-repo", "--json"])).json().id;
  const ran = await line.run(["credential", "allow", id, ...words]);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(said)]);
});
