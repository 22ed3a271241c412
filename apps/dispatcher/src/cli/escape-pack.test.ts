import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ATTEMPTS, type AttemptResult } from "@harness/sandbox/conformance";
import { requireTool } from "@harness/core/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts a dispatcher and two sessions.
vi.setConfig({ testTimeout: 240_000 });

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

const verdictsOf = (attempts: readonly AttemptResult[], verdict: AttemptResult["verdict"]) =>
  attempts.filter((each) => each.verdict === verdict).map(({ id, seen }) => `${id}: ${seen}`);

test("every attempt is made inside a real session, and none gets out", async () => {
  if (!requireTool("bwrap")) return;
  // The person's own dispatcher is aimed at too, and goes on.
  await line.run(["up", "--detach"]);
  const ran = await line.run(["escape-pack", "--sandbox", "bubblewrap", "--json"]);
  const { attempts, held, sandbox, network } = ran.json();
  expect([verdictsOf(attempts, "escaped"), verdictsOf(attempts, "not tried")]).toEqual([[], []]);
  expect(attempts.map(({ id }: AttemptResult) => id)).toEqual(ATTEMPTS.map(({ id }) => id));
  expect({ code: ran.code, held, sandbox, network }).toEqual({
    code: 0,
    held: true,
    sandbox: "bubblewrap",
    network: "provider",
  });
  // Nothing of it is left, neither here nor in the person's own state root.
  expect(readdirSync(line.directory)).toEqual(["state"]);
  expect((await line.run(["ps", "--all", "--json"])).json()).toEqual([]);
});

test("without a sandbox it is plain to see what gets out", async () => {
  const ran = await line.run(["escape-pack", "--sandbox", "none"]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(/^sandbox none, network host$/m);
  for (const id of [
    "read-other-session",
    "read-state-of-dispatcher",
    "share-namespaces",
    "change-where-others-begin",
    "connect-tcp",
    "reach-dispatcher",
  ]) {
    expect(ran.stdout).toMatch(new RegExp(`^escaped .* ${id} `, "m"));
  }
  // What holds is not the sandbox's doing: the credential worker's, the API's, git's.
  for (const id of [
    "see-key-in-answer",
    "ask-another-host",
    "bring-own-key",
    "push-own-branch",
    "push-to-another-branch",
    "push-without-history",
    "use-own-token-for-more",
    "plant-programs",
  ]) {
    expect(ran.stdout).toMatch(new RegExp(`^held .* ${id} `, "m"));
  }
  expect(ran.stdout).toMatch(/^\d+ of \d+ attempts got through\.$/m);
  expect(readdirSync(line.directory)).toEqual([]);
});

test("the attempts are one program that any session can run", async () => {
  const { code, stdout } = await line.run(["escape-pack", "--print"]);
  expect(code).toBe(0);
  const file = join(line.directory, "escape-pack.mjs");
  writeFileSync(file, stdout);
  const listed = spawnSync(process.execPath, [file, "list"], { encoding: "utf8", env: {} });
  for (const { id } of ATTEMPTS) expect(listed.stdout).toContain(id);
});

test("docs/escape-pack.md says of each row what is attempted", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/escape-pack.md"), "utf8");
  const rows = Array.from(page.matchAll(/^\| ([AF]\d\d) \|[^|]*\|([^|]*)\|/gm), ([, row, cell]) => [
    row,
    Array.from((cell ?? "").matchAll(/`([\w-]+)`/g), ([, id]) => id),
  ]);
  const known = rows.map(([row]) => [
    row,
    ATTEMPTS.filter(({ rows: of }) => of.includes(row as string)).map(({ id }) => id),
  ]);
  expect(rows).toEqual(known);
  expect(rows.map(([row]) => row).slice(0, 50)).toEqual(
    Array.from({ length: 50 }, (_, n) => `A${String(n + 1).padStart(2, "0")}`),
  );
});
