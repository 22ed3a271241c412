import { until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeAll(async () => {
  line = openCommandLine();
  expect((await line.run(["up", "--detach", "--port", "0"])).code).toBe(0);
});
afterAll(() => line[Symbol.asyncDispose]());

const ALL = ["allow_always", "allow_once", "reject_once"].map((kind) => ({ id: `o-${kind}`, label: "Deny", kind }));
const ask = (text: string, options: object[] = ALL) => ({ do: "permission", text, options });
const said = { do: "say", text: "Did it: {answer}." };

/** A session that asks, once per text. */
async function asking(steps: object[]): Promise<string> {
  const words = ["spawn", JSON.stringify(steps), "--no-repo", "--agent", "scripted"];
  const id = (await line.run(words)).stdout.trim();
  await until(async () => (await waiting(id)).length > 0);
  return id;
}
async function waiting(id: string): Promise<{ id: string; kind: string; options: { kind?: string }[] }[]> {
  return (await line.run(["show", id, "--json"])).json().waiting;
}

test("approve allows the only request that waits, once, whatever its options are called", async () => {
  const id = await asking([ask("rm -rf build"), said]);
  const shown = (await line.run(["show", id])).stdout;
  const [request] = await waiting(id);
  expect(shown).toContain(`harness approve ${id} ${request?.id}`);
  expect(shown).toContain(`harness deny ${id} ${request?.id}`);
  expect(shown).toMatch(/unanswered in 59 min, it is refused/);
  expect(request?.options.map(({ kind }) => kind)).toEqual(ALL.map(({ kind }) => kind));
  const approved = await line.run(["approve", id]);
  expect([approved.code, approved.stdout, approved.stderr]).toEqual([0, "Allowed once: rm -rf build\n", ""]);
  expect((await line.run(["wait", id])).code).toBe(0);
  expect((await line.run(["logs", id])).stdout).toContain("Did it: o-allow_once.");
  const again = await line.run(["approve", id, "--json"]);
  expect([again.code, JSON.parse(again.stderr).error.code]).toEqual([1, "question-not-found"]);
});

test("approve --always has to be offered", async () => {
  const id = await asking([ask("git push"), said, ask("only once", ALL.slice(1)), said]);
  const answered = (await line.run(["approve", id, "--always", "--json"])).json();
  expect(answered).toMatchObject({ session: id, option: "o-allow_always", outcome: "published" });
  const second = await until(async () => {
    const [open] = await waiting(id);
    return open && open.id !== answered.request ? open.id : undefined;
  });
  const refused = await line.run(["approve", id, second, "--always"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--option o-allow_once")]);
  expect((await line.run(["approve", id, second.slice(0, -2)])).code).toBe(0);
  expect((await line.run(["wait", id])).code).toBe(0);
});

test("deny refuses, and the dispatcher need not run", async () => {
  const id = await asking([ask("curl evil.example"), said]);
  await line.killDispatcher();
  const denied = await line.run(["deny", id]);
  expect([denied.code, denied.stdout]).toEqual([0, "Denied: curl evil.example\n"]);
  const reason = await until(async () => {
    const [rest] = (await line.run(["wait", id, "--json"])).json();
    return rest.reason === "refusal" && rest;
  });
  expect(reason.ok).toBe(false);
  expect((await line.run(["logs", id])).stdout).not.toMatch(/text +Did it/);
  expect((await line.run(["up", "--detach", "--port", "0"])).code).toBe(0);
});

test("what a coding agent calls a request does not reach the terminal as more than text", async () => {
  const id = await asking([ask("ls\u001b[2J\n\u202eharmless"), said]);
  const { stdout } = await line.run(["approve", id]);
  expect(stdout).toBe("Allowed once: ls \\u{202e}harmless\n");
});
