import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { worktreePaths } from "../worktrees/paths.ts";
import { keepWork } from "../worktrees/remove.ts";
import { HOSTILE, removed } from "./testing/removed.ts";
import { openLab } from "../worktrees/testing/lab.ts";
import { listSalvages } from "./list.ts";
import { restoreSalvage } from "./restore.ts";
import { showSalvage } from "./show.ts";

const SLOW = { timeout: 60_000 };
test("ls, show and restore work when nothing of the session is left", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await removed(lab);
  const [kept] = await listSalvages(lab.context);
  expect(kept).toMatchObject({
    session: "one",
    name: "name-one",
    task: `Do it ${HOSTILE}`,
    repository: lab.source,
    branch: "work/one",
    reason: "removed",
    hub,
    ref: "refs/harness/salvage/one",
    commits: ["HEAD", "refs/heads/work/one"],
    uncommitted: { modified: 0, untracked: 2 },
    ignored: { count: 2, names: [".env", "dist/"] },
    moved: [],
    problem: null,
  });
  expect(kept?.bytes).toBeGreaterThan(0);
  const { files, stat, patch, cut } = await showSalvage(lab.context, "name-one");
  expect(files.map(({ path, status }) => [path, status])).toEqual([
    [".gitignore", "added"],
    ["committed.ts", "added"],
    ["loose.txt", "added"],
    [HOSTILE, "added"],
  ]);
  expect([stat, patch]).toEqual([expect.stringContaining("loose.txt"), expect.stringContaining("+one")]);
  expect(cut).toBe(false);

  const status = () => [lab.git(lab.source, "status", "--porcelain"), lab.git(lab.source, "symbolic-ref", "HEAD")];
  const looked = status();
  const restored = await restoreSalvage(lab.context, { session: "o", branch: "rescued" });
  expect(restored).toMatchObject({ session: "one", branch: "rescued", repository: lab.source, directory: null });
  expect(lab.git(lab.source, "show", "rescued:loose.txt")).toBe("one");
  expect(lab.git(lab.source, "log", "--format=%s", "rescued")).toContain("committed");
  expect(status()).toEqual(looked);
});

test("without its record the hub alone tells the same", SLOW, async () => {
  await using lab = openLab();
  await removed(lab);
  const [before] = await listSalvages(lab.context);
  rmSync(worktreePaths(lab.context.root, "one").salvage);
  const [after] = await listSalvages(lab.context);
  expect({ ...after, bytes: before?.bytes }).toEqual(before);
  writeFileSync(worktreePaths(lab.context.root, "one").salvage, "{ damaged");
  expect(await listSalvages(lab.context)).toMatchObject([{ session: "one", problem: null }]);
});

test("no branch is overwritten, stood in the way of, or taken from under a checkout", SLOW, async () => {
  await using lab = openLab();
  await removed(lab);
  lab.git(lab.source, "branch", "taken");
  const empty = join(lab.path, "empty");
  lab.git(lab.path, "init", "-q", "-b", "unborn", empty);
  const refused = [
    { branch: "taken" },
    { branch: "taken/below" },
    { branch: "main" },
    { branch: "unborn", repository: empty },
  ];
  for (const input of refused) {
    await expect(restoreSalvage(lab.context, { session: "one", ...input })).rejects.toMatchObject({
      code: "branch-exists",
    });
  }
  expect(lab.git(lab.source, "for-each-ref", "--format=%(refname)", "refs/heads/").split("\n")).toEqual([
    "refs/heads/main",
    "refs/heads/taken",
  ]);
  await expect(restoreSalvage(lab.context, { session: "one", branch: "--upload-pack=x" })).rejects.toMatchObject({
    code: "branch-invalid",
  });
  await expect(restoreSalvage(lab.context, { session: "two" })).rejects.toMatchObject({ code: "salvage-not-found" });
});

test("a repository that moved, or is gone, can be named anew, or files taken instead", SLOW, async () => {
  await using lab = openLab();
  await removed(lab);
  const moved = join(lab.path, "moved");
  renameSync(lab.source, moved);
  await expect(restoreSalvage(lab.context, { session: "one" })).rejects.toMatchObject({
    code: "base-lost",
    hint: expect.stringContaining("--repo"),
  });
  const to = join(lab.path, "files");
  await restoreSalvage(lab.context, { session: "one", to });
  expect(readdirSync(to).toSorted()).toEqual(
    [".gitignore", "committed.ts", "loose.txt", HOSTILE, "shared.txt", "src"].toSorted(),
  );
  await expect(restoreSalvage(lab.context, { session: "one", to })).rejects.toMatchObject({ code: "file-exists" });
  await restoreSalvage(lab.context, { session: "one", repository: moved });
  expect(lab.git(moved, "show", "salvage-one:committed.ts")).toBe("one");
  expect(readdirSync(lab.context.root.run.path)).toEqual(["sessions"]);
});

test("a hub that is gone is told, and not taken for nothing", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await removed(lab);
  renameSync(hub, `${hub}.away`);
  expect(await listSalvages(lab.context)).toMatchObject([
    { session: "one", problem: expect.stringContaining("Its hub is gone") },
  ]);
  await expect(showSalvage(lab.context, "one")).rejects.toMatchObject({ code: "salvage-lost" });
  await expect(restoreSalvage(lab.context, { session: "one" })).rejects.toMatchObject({ code: "salvage-lost" });
});

test("the work of a session without a branch comes back as files, links as links", SLOW, async () => {
  await using lab = openLab();
  const { directory, work } = lab.context.root.session("one");
  lab.write(work, { "notes.md": "notes\n", "deep/er.md": "deeper\n" });
  symlinkSync(lab.source, join(work, "link"));
  await keepWork(lab.context, { id: "one" });
  rmSync(directory, { recursive: true });
  expect(await listSalvages(lab.context)).toMatchObject([{ session: "one", commit: null, problem: null }]);
  await expect(restoreSalvage(lab.context, { session: "one" })).rejects.toMatchObject({
    code: "request-invalid",
    hint: expect.stringContaining("--to"),
  });
  const to = join(lab.path, "files");
  mkdirSync(to);
  await restoreSalvage(lab.context, { session: "one", to });
  expect(readFileSync(join(to, "deep/er.md"), "utf8")).toBe("deeper\n");
  expect(
    readdirSync(to, { withFileTypes: true })
      .find(({ name }) => name === "link")
      ?.isSymbolicLink(),
  ).toBe(true);
});

test("a second salvage keeps the first one too, and an empty one forgets nothing", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.write(lab.worktree("one"), { "draft.txt": "first\n" });
  await keepWork(lab.context, { id: "one", reason: "failed" });
  const [first] = await listSalvages(lab.context);
  rmSync(join(lab.worktree("one"), "draft.txt"));
  await keepWork(lab.context, { id: "one" });
  expect(await listSalvages(lab.context)).toEqual([first]);
  lab.write(lab.worktree("one"), { "other.txt": "second\n" });
  await keepWork(lab.context, { id: "one" });
  const [second] = await listSalvages(lab.context);
  expect(second).toMatchObject({ reason: "removed" });
  lab.git(second?.hub ?? "", "merge-base", "--is-ancestor", first?.commit ?? "", second?.commit ?? "");
});

test("no place for files outside what was asked", async () => {
  await using lab = openLab();
  await removed(lab);
  for (const to of ["relative", join(lab.path, "none/below")]) {
    await expect(restoreSalvage(lab.context, { session: "one", to })).rejects.toMatchObject({
      code: "request-invalid",
    });
  }
  expect(existsSync(join(lab.path, "none"))).toBe(false);
});
