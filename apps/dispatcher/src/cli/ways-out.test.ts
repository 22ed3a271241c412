import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

test("rm says where it kept what was not merged", async () => {
  const id = await spawn("feature/kept", [
    write("kept.txt", "kept\n"),
    commit("Keep this"),
    write("loose.txt", "loose\n"),
  ]);
  const removed = await line.run(["rm", id]);
  expect([removed.code, removed.stdout]).toEqual([0, `${id}  removed\n`]);
  expect(removed.stderr).toMatch(/is kept as refs\/harness\/salvage\/.*[^]*stays in \S+trash\S+ until \d{4}/);
  expect((await line.run(["ps", "--all", "--json"])).json().map((one: { id: string }) => one.id)).not.toContain(id);
});

test("salvage lists, shows and restores what rm kept; nothing of it is obeyed by a terminal", async () => {
  const odd = "odd\u001b[2J\u202e.txt";
  const id = await spawn("feature/back", [write("back.txt", "back\n"), commit("Bring back"), write(odd, "odd\n")]);
  expect((await line.run(["rm", id])).code).toBe(0);
  const list = await line.run(["salvage", "ls"]);
  expect([list.code, list.stdout]).toEqual([
    0,
    expect.stringMatching(new RegExp(`ID .*EXPIRES.*[^]*${id} .*feature/back`)),
  ]);
  const [told] = (await line.run(["salvage", "ls", "--json"])).json();
  expect(told).toMatchObject({ session: id, reason: "removed", problem: null, trash: { path: expect.any(String) } });
  expect(Date.parse(told.expiresAt)).toBeGreaterThan(Date.now());
  const shown = [
    await line.run(["salvage", "show", id]),
    await line.run(["salvage", "show", id, "--patch"]),
    await line.run(["salvage", "show", id, "--json"]),
  ];
  expect(shown.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(shown[1]?.stdout).toContain("+back");
  expect(shown[2]?.json().files.map(({ path }: { path: string }) => path)).toEqual(["back.txt", odd]);
  const restored = await line.run(["salvage", "restore", id, "--branch", "rescued"]);
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining("rescued of ")]);
  expect(git("show", "rescued:back.txt")).toBe("back");
  const again = await line.run(["salvage", "restore", id, "--branch", "rescued", "--json"]);
  expect([again.code, JSON.parse(again.stderr).error.code]).toEqual([1, "branch-exists"]);
  const files = await line.run(["salvage", "restore", id, "--to", "here"]);
  expect([files.code, readFileSync(join(line.directory, "here", odd), "utf8")]).toEqual([0, "odd\n"]);
  const none = await line.run(["salvage", "show", "nothing", "--json"]);
  expect(JSON.parse(none.stderr).error.code).toBe("salvage-not-found");
  for (const { stdout, stderr } of [list, ...shown, restored, again, files]) {
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("archive takes a session out of ps, and ps --all still shows it", async () => {
  const id = await spawn("feature/shelf", [write("shelf.txt", "shelf\n"), commit("Shelve this")]);
  const archived = await line.run(["archive", id, "--json"]);
  expect([archived.code, archived.json()]).toEqual([
    0,
    [
      {
        id,
        directory: join(line.root.archive, id),
        salvaged: [expect.stringContaining("refs/harness/salvage/")],
        notes: [],
      },
    ],
  ]);
  const ids = async (...words: string[]) => (await line.run(["ps", "--json", ...words])).json();
  expect((await ids()).map((one: { id: string }) => one.id)).not.toContain(id);
  expect((await ids("--all")).find((one: { id: string }) => one.id === id)).toMatchObject({
    state: "closed",
    badge: "done",
  });
  expect((await line.run(["ps", "--all"])).stdout).toContain(id);
  for (const verb of ["resume", "archive", "rm"]) {
    const refused = await line.run([verb, id, "--json"]);
    expect([refused.code, JSON.parse(refused.stderr).error.code]).toEqual([1, "session-archived"]);
  }
});

test("several sessions are merged with one call, and the queue shows them", async () => {
  const ids = [
    await spawn("feature/first", [write("first.txt", "1\n"), commit("First")]),
    await spawn("feature/second", [write("second.txt", "2\n"), commit("Second")]),
  ];
  const merge = await line.run(["merge", ...ids, "--squash"]);
  expect([merge.code, merge.stdout.match(/is merged into main/g)?.length]).toEqual([0, 2]);
  expect(git("log", "-2", "--format=%s", "main")).toBe("Merge feature/second\nMerge feature/first");
  const waiting = (await line.run(["merges", "--json"])).json();
  expect(
    waiting.map(({ session }: Record<string, string>) => session).filter((id: string) => ids.includes(id)),
  ).toEqual([]);
  const all = (await line.run(["merges", "--all", "--json"])).json();
  expect(all.slice(-2).map(({ session, outcome }: Record<string, string>) => [session, outcome])).toEqual(
    ids.map((id) => [id, "merged"]),
  );
  expect((await line.run(["merge", ...ids, "--allow-risky", "0".repeat(40)])).code).toBe(2);
  const nothing = await line.run(["merges", "--cancel", all.at(-1).id]);
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining("has ended")]);
});

test("what may later run is listed, refused, and merged when exactly that commit is allowed", async () => {
  const id = await spawn("feature/hook", [write(".husky/pre-commit", "echo\n"), commit("Add a hook")]);
  const preview = await line.run(["merge", id, "--dry-run"]);
  expect([preview.code, preview.stdout]).toEqual([0, expect.stringContaining("hook: .husky/pre-commit")]);
  const refused = await line.run(["merge", id]);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toMatch(/hook: \.husky\/pre-commit: runs when/);
  expect((await line.run(["merges"])).stdout).toContain("needs approval");
  const [, tip = ""] = /--allow-risky ([0-9a-f]{40})/.exec(refused.stderr) ?? [];
  const stale = await line.run(["merge", id, "--allow-risky", "0".repeat(40), "--json"]);
  expect([stale.code, JSON.parse(stale.stderr).error.code]).toEqual([1, "review-stale"]);
  expect(git("ls-tree", "-r", "--name-only", "main")).not.toContain(".husky");
  expect((await line.run(["merge", id, "--allow-risky", tip])).code).toBe(0);
  expect(git("ls-tree", "-r", "--name-only", "main")).toContain(".husky/pre-commit");
});

test("rebase asks the session to take what was made for it", async () => {
  const id = await spawn("feature/late", [write("late.txt", "late\n"), commit("Late")]);
  git("-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-q", "--allow-empty", "-m", "meanwhile");
  const rebase = await line.run(["rebase", id, "--json"]);
  expect([rebase.code, rebase.json()]).toMatchObject([0, { outcome: "rebased", onto: "main", count: 1 }]);
  expect((await line.run(["rebase", id, "--onto", "nope"])).code).toBe(1);
});
