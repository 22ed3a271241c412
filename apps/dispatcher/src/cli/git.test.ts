import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

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

/** A session that did `steps` on a branch of its own. */
async function spawn(branch: string, steps: object[]): Promise<string> {
  const script = join(line.directory, "script.json");
  writeFileSync(script, JSON.stringify([steps]));
  const words = [
    "spawn",
    `work on ${branch}`,
    "--repo",
    repository,
    "--branch",
    branch,
    "--script",
    script,
    "--wait",
    "--json",
  ];
  const ran = await line.run(words);
  expect([ran.code, ran.json().reply?.body?.stopReason]).toEqual([0, "end_turn"]);
  return ran.json().id;
}

const write = (path: string, text: string) => ({ do: "edit", path, write: text });
const commit = (message: string) => ({ do: "commit", message });

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

test("rm says where it kept what was not merged", async () => {
  const id = await spawn("feature/kept", [
    write("kept.txt", "kept\n"),
    commit("Keep this"),
    write("loose.txt", "loose\n"),
  ]);
  const removed = await line.run(["rm", id]);
  expect([removed.code, removed.stdout]).toEqual([0, `${id}  removed\n`]);
  expect(removed.stderr).toMatch(/\S/);
  expect((await line.run(["ps", "--all", "--json"])).json().map((one: { id: string }) => one.id)).not.toContain(id);
});
