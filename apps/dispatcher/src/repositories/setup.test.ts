import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendMessage, type StateRoot } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { removeSession } from "../sessions/remove.ts";
import { resumeSession } from "../sessions/resume.ts";
import { setUpSession } from "../sessions/set-up.ts";
import { runDispatcher, temporaryRoot, testConfig } from "../supervisor/testing/dispatchers.ts";
import { planSetup } from "./write-setup.ts";

function makeRepository(root: StateRoot): string {
  const path = `${root.path}-My Shop`;
  mkdirSync(path, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@b.c", ...args], { cwd: path });
  git("init", "-q", "-b", "main");
  writeFileSync(join(path, ".gitignore"), ".env\nout/\n");
  git("add", ".");
  git("commit", "-qm", "first");
  return realpathSync(path);
}

const configured = (repository: string, settings: object) =>
  testConfig({ repositories: parseConfig(JSON.stringify({ repositories: { [repository]: settings } })).repositories });

const TURN = ["sh", "-c", 'cat out/setup; env | grep -E "^(PORT|HARNESS_SUFFIX|COMPOSE)" | sort'];

test("a session is set up with its files and its ports before the first turn, and taken down when it is removed", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  writeFileSync(join(repository, ".env"), "KEY=1\n");
  const down = `${root.path}-down`;
  const config = configured(repository, {
    copy: [".env"],
    setup: 'mkdir out; cat .env > out/setup; echo "$PORT_WEB_API" >> out/setup; sleep 0.5',
    teardown: `echo "$PORT $HARNESS_SUFFIX" >> '${down}'`,
    ports: ["web-api"],
  });
  await using dispatcher = await runDispatcher(root, { config });
  const { context } = dispatcher;
  const both = await Promise.all(
    ["one", "two"].map((branch) =>
      // What the teardown leaves outside is how this test sees it.
      createSession(context, { task: "go", repository, branch, command: TURN, sandbox: "none" }),
    ),
  );
  expect(both.map(({ badge }) => badge)).toEqual(["working", "working"]);
  for (const { id } of both) {
    await until(() => getSession(context, id).turns === 1);
    const { ports, copied, setup, notes } = getSession(context, id);
    expect({ copied, state: setup?.state, notes }).toEqual({
      copied: [".env"],
      state: "succeeded",
      notes: ["no sandbox"],
    });
    const own = { PORT: ports["PORT"]?.port, web: ports["PORT_WEB_API"]?.port };
    const reply = readFileSync(join(root.session(id).log, "events.jsonl"), "utf8");
    for (const text of [
      `KEY=1\\n${own.web}\\n`,
      `COMPOSE_PROJECT_NAME=home-my-shop_${id}\\nHARNESS_SUFFIX=${id}\\nPORT=${own.PORT}\\nPORT_WEB_API=${own.web}\\n`,
    ])
      expect(reply).toContain(text);
  }
  const all = both.flatMap(({ id }) => Object.values(getSession(context, id).ports).map(({ port }) => port));
  expect(new Set(all).size).toBe(4);

  const [first, second] = both;
  const { ports } = getSession(context, first?.id ?? "");
  expect(await removeSession(context, first?.id ?? "")).toMatchObject({
    salvaged: [],
    notes: [expect.stringContaining("stays in"), expect.stringContaining("git ignores it: out/")],
  });
  expect(readFileSync(down, "utf8")).toBe(`${ports["PORT"]?.port} ${first?.id}\n`);
  expect(existsSync(root.runOf(first?.id ?? "").directory)).toBe(false);
  expect(getSession(context, second?.id ?? "").badge).not.toBe("failed");
});

test("a setup that fails is told, not repeated, and done again when a person asks; a restart repeats nothing", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  const setup = "echo x >> ran; echo 'no such package' >&2; [ -e mended ]";
  let id: string;
  {
    await using dispatcher = await runDispatcher(root, { config: configured(repository, { setup }) });
    const { context } = dispatcher;
    ({ id } = await createSession(context, { task: "go", repository, branch: "b", command: ["cat"] }));
    await until(() => getSession(context, id).wanted?.failed);
    expect(getSession(context, id)).toMatchObject({ badge: "failed", alive: false });
    const { notes, turns, setup: state, wanted } = getSession(context, id);
    expect(notes.join()).toContain("Its setup failed. It ended with exit code 1. no such package");
    expect({ turns, state }).toMatchObject({ turns: 0, state: { attempt: 1, lines: ["no such package"] } });
    expect(wanted?.restarts).toEqual([]);
    await resumeSession(context, id);
    await until(() => getSession(context, id).setup?.attempt === 2 && !getSession(context, id).alive);
    await sendMessage(root.session(id), { kind: "prompt", body: { text: "more" } });
  }
  const ran = () => readFileSync(join(root.session(id).worktree, "ran"), "utf8");
  await using dispatcher = await runDispatcher(root, {
    config: configured(repository, { setup: `touch mended; ${setup}` }),
  });
  const { context } = dispatcher;
  await until(() => getSession(context, id).badge === "failed");
  expect(ran()).toBe("x\nx\n");
  // As config.yaml says it by now.
  expect((await setUpSession(context, id)).badge).toBe("working");
  await until(() => getSession(context, id).turns === 2);
  expect(ran()).toBe("x\nx\nx\n");
  await until(() => getSession(context, id).badge === "idle");
  await setUpSession(context, id);
  await until(() => ran() === "x\nx\nx\nx\n" && getSession(context, id).setup?.state === "succeeded");
});

test("a teardown that fails or never ends removes the session all the same, and is told", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  const settings = { teardown: "echo 'still in use'; sleep 60", teardownTimeoutMs: 300 };
  await using dispatcher = await runDispatcher(root, { config: configured(repository, settings) });
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "go", repository, branch: "b", command: ["cat"] });
  await until(() => getSession(context, id).turns === 1);
  const { notes } = await removeSession(context, id, { discard: true });
  expect(notes.at(-1)).toContain("Its teardown failed");
  expect(notes.at(-1)).toContain("It took longer than 0.3 s. still in use");
  expect(existsSync(root.session(id).directory)).toBe(false);
});

test("a repository of which config.yaml says nothing is left as it is", async () => {
  await using place = temporaryRoot();
  const repository = makeRepository(place.root);
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "go", repository, branch: "b", command: ["cat"] });
  expect(Object.keys(getSession(context, id).ports)).toEqual(["PORT"]);
  await expect(setUpSession(context, id)).rejects.toMatchObject({ code: "setup-missing" });
  expect((await removeSession(context, id)).notes).toEqual([expect.stringContaining("stays in")]);
});

test("names for databases and compose projects are safe", () => {
  const env = (repository: string, id: string) => planSetup({ id, repository, settings: null, ports: {} }, "r").env;
  expect(env("/x/--Ünder Wéb.git", "A-b_9")).toEqual({
    HARNESS_SUFFIX: "a_b_9",
    COMPOSE_PROJECT_NAME: "nder-w-b_a_b_9",
  });
  expect(env("/", "abc")?.["COMPOSE_PROJECT_NAME"]).toBe("repository_abc");
});
