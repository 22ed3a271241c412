import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";
import { findNode } from "./doctor/programs.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

interface Finding {
  name: string;
  state: string;
  text: string;
  hint?: string;
}

async function findings(): Promise<{ code: number | null; find(name: string): Finding | undefined; all: Finding[] }> {
  const ran = await line.run(["doctor", "--json"]);
  const all: Finding[] = ran.json().findings;
  return { code: ran.code, all, find: (name) => all.find((finding) => finding.name === name) };
}

test("on this machine everything essential works, and nothing was made by looking", async () => {
  const { code, all, find } = await findings();
  expect([code, all.filter(({ state }) => state === "broken")]).toEqual([0, []]);
  expect(find("state root")).toMatchObject({ state: "ok", text: expect.stringContaining("does not exist yet") });
  expect(find("dispatcher")).toMatchObject({ state: "ok", text: expect.stringContaining("not running") });
  const shown = (await line.run(["doctor"])).stdout;
  for (const { name } of all) expect(shown).toContain(name);
});

test("whatever is not well comes with how to mend it", async () => {
  mkdirSync(line.root.path, { recursive: true });
  chmodSync(line.root.path, 0o755);
  writeFileSync(
    line.root.config,
    "providers: { main: { wire: anthropic, keyEnv: SOME_KEY } }\nagentCommand: [/nowhere/agent]\n",
  );
  const { code, all, find } = await findings();
  expect(code).toBe(1);
  expect(find("state root")).toMatchObject({ state: "weak", hint: `chmod go-rwx ${line.root.path}` });
  const key = await line.run(["doctor"], { env: { SOME_KEY: "sk-canary-0123" } });
  expect(key.stdout).toMatch(
    /^ok +provider main +key in credential worker; from SOME_KEY of the dispatcher's environment$/m,
  );
  expect(key.stdout).toMatch(/^weak +own user /m);
  expect(key.stdout).not.toContain("canary");
  expect(find("agent process")).toMatchObject({ state: "broken", text: expect.stringContaining("/nowhere/agent") });
  for (const finding of all.filter(({ state }) => state === "weak" || state === "broken")) {
    expect([finding.name, finding.hint]).toEqual([finding.name, expect.stringMatching(/\S/)]);
  }
});

test("a mistake in config.yaml is a finding, not the end of doctor", async () => {
  mkdirSync(line.root.path, { recursive: true });
  writeFileSync(line.root.config, "nothing: known\n");
  const { code, find } = await findings();
  expect([code, find("config.yaml")?.text]).toEqual([1, expect.stringContaining("line 1")]);
});

test("a running dispatcher is found, and one that is frozen is told apart", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  expect((await findings()).find("dispatcher")).toMatchObject({
    state: "ok",
    text: expect.stringContaining("http://127.0.0.1:"),
  });
  writeFileSync(line.root.run.token, "not the token it knows\n");
  const { code, find } = await findings();
  expect([code, find("dispatcher")?.state]).toEqual([1, "broken"]);
});

test.each([
  ["22.22.0", "ok"],
  ["24.0.0", "ok"],
  ["22.21.9", "broken"],
  ["20.20.2", "broken"],
])("node %s is %s", (version, state) => {
  expect(findNode(version).state).toBe(state);
});
