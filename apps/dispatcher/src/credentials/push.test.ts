import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@harness/core";
import { requireTool, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { getSession } from "../sessions/get.ts";
import { runDispatcher, temporaryRoot, testConfig } from "../supervisor/testing/dispatchers.ts";
import { forgetCredential } from "./forget-credential.ts";
import { storeCredential } from "./store.ts";
import { watchFor } from "./testing/canaries.ts";
import { OWN, stage, TOKEN } from "./testing/push-stage.ts";
import { readWorker } from "./worker-record.ts";

const BASIC = Buffer.from(`me:${TOKEN}`).toString("base64");

const canary = watchFor(TOKEN, `me:${TOKEN}`);

const WALLS = ["bubblewrap", "none"].filter((wall) => wall === "none" || requireTool("bwrap"));

test.each(WALLS)(
  "a session pushes its own branch and nothing else, sandbox %s",
  { timeout: 60_000 },
  async (sandbox) => {
    await using all = await stage();
    const { remote, run, place, dispatcher } = all;
    const { id, notes } = await all.spawn({ sandbox });
    expect(notes.join()).toContain(`It may push harness/pusher to ${remote.url}, with the credential shop.`);
    await until(() => getSession(dispatcher.context, id).turns === 1);
    const before = remote.refs();
    const pushed = await run(
      id,
      "echo two > file.txt; git commit -qam work; git push && git fetch && git rev-parse HEAD",
    );
    expect(pushed).toContain("ended 0");
    const head = remote.refs()[OWN] ?? "";
    expect(pushed).toContain(head);
    expect(remote.refs()).toEqual({ ...before, [OWN]: head });
    expect(await run(id, "git commit -q --allow-empty -m more; git push; git log -1 --format=%H origin/main")).toMatch(
      new RegExp(`${before["refs/heads/main"]}\nended 0`),
    );

    const now = remote.refs();
    expect(now[OWN]).not.toBe(head);
    for (const words of [
      "HEAD:main",
      "HEAD:refs/tags/v1",
      "--delete harness/pusher",
      "HEAD HEAD:other",
      "--force HEAD~1:harness/pusher",
    ])
      expect(await run(id, `git push origin ${words}`)).toMatch(/rejected[^]*ended 1/);
    expect(remote.refs()).toEqual(now);

    // Whatever the session looks at, it finds a worker key.
    const found = await run(
      id,
      "cat $GIT_CONFIG_SYSTEM; env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null; git config -l; true",
    );
    expect(found).toContain("harness-worker-key-");
    expect(canary.holds(Buffer.from(found))).toBe(false);
    expect(canary.processes()).toEqual([]);
    const { credential, directory } = place.root.workerOf("shop");
    expect(canary.files(place.root.path)).toEqual([credential]);
    expect(await canary.answers(dispatcher, id)).toEqual([]);
    const lines = readFileSync(join(directory, "calls.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ push }) => push?.accepted === true)).toMatchObject([
      { session: id, status: 200, push: { ref: OWN, new: head } },
      { session: id, status: 200, push: { ref: OWN, old: head, new: now[OWN] } },
    ]);
    expect(remote.requests.every(({ headers }) => headers.authorization === `Basic ${BASIC}`)).toBe(true);

    const worker = readWorker(place.root, "shop");
    expect(await forgetCredential(place.root, systemClock, "shop")).toBe(true);
    expect(readWorker(place.root, "shop")).toBeNull();
    expect(worker).not.toBeNull();
    expect(await run(id, "git commit -q --allow-empty -m late; git push")).toMatch(/does not answer[^]*ended 128/);
    expect(remote.refs()).toEqual(now);
  },
);

test("a session that was not let push has no remote, and one is let only where config.yaml says with what", async () => {
  await using all = await stage("ports: [web]");
  await expect(all.spawn()).rejects.toMatchObject({ code: "push-not-configured" });
  await expect(all.spawn({ repository: undefined })).rejects.toMatchObject({ code: "request-invalid" });
  await expect(all.spawn({ network: "none" })).rejects.toMatchObject({ code: "request-invalid" });
  expect(readdirSync(all.place.root.sessions)).toEqual([]);
  const { id } = await all.spawn({ push: undefined });
  await until(() => getSession(all.dispatcher.context, id).turns === 1);
  expect(await all.run(id, "git remote -v; git push; env | grep GIT_CONFIG")).toMatch(
    /^fatal: No configured push destination[^]*ended 1\n$/,
  );
  expect(existsSync(all.place.root.session(id).gitConfig)).toBe(false);
  expect(all.remote.requests).toEqual([]);
});

test("a credential that opens a remote is no provider's key, whatever its name", async () => {
  await using place = temporaryRoot();
  const { providers } = parseConfig(
    `providers: { shop: { wire: anthropic, baseUrl: "http://127.0.0.1:9", model: m } }`,
  );
  const git = { url: "https://example.invalid/me/shop.git", user: "me" };
  await storeCredential(place.root, { provider: "shop", secret: TOKEN, setAt: new Date().toISOString(), git });
  await using dispatcher = await runDispatcher(place.root, { config: testConfig({ providers }) });
  const { context } = dispatcher;
  expect(context.credentials.providerOf({ provider: "shop" } as never)).toBeNull();
});
