import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeSession } from "./testing/merge-session.ts";
import { salvage } from "./salvage.ts";
import { edited, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 120_000 };

test("a merge that only waited is salvaged once its branch is deleted, and not before", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "session" }) });
  lab.write(lab.source, { "shared.txt": edited({ 20: "person" }) });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "waiting", branch: "harness/one" });
  expect(await salvage(lab.context, { id: "one" })).toMatchObject({ commit: null });

  lab.git(lab.source, "branch", "-q", "-D", "harness/one");
  const saved = await salvage(lab.context, { id: "one" });
  expect(saved.commits).toContain("refs/heads/work/one");
  expect(lab.git(hub, "merge-base", "--is-ancestor", tip, "refs/harness/salvage/one")).toBe("");
});

test("a merge that the person took back is salvaged", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const before = lab.git(lab.source, "rev-parse", "main");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await mergeSession(lab.context, { id: "one" });
  expect(await salvage(lab.context, { id: "one" })).toMatchObject({ commit: null });
  lab.git(lab.source, "reset", "-q", "--hard", before);
  expect((await salvage(lab.context, { id: "one" })).commits).toContain("refs/heads/work/one");
});

test("a branch whose commit lies in somebody else's repository is not taken for nothing", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  const other = join(lab.path, "other");
  lab.git(lab.path, "clone", "-q", lab.source, other);
  const oid = lab.commit(other, { "two.ts": "2\n" });
  appendFileSync(join(place, ".git/objects/info/alternates"), `${other}/.git/objects\n`);
  lab.git(place, "branch", "side", oid);
  const message = expect.stringContaining("refs/heads/side stands on");
  await expect(salvage(lab.context, { id: "one" })).rejects.toMatchObject({ code: "salvage-failed", message });
});

test("a merge that the person took back is salvaged, though the hub has it in a branch", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const before = lab.git(lab.source, "rev-parse", "main");
  const tip = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await mergeSession(lab.context, { id: "one" });
  lab.commit(lab.source, { "three.ts": "3\n" });
  await lab.session("two");
  expect(lab.git(hub, "merge-base", "--is-ancestor", tip, "main")).toBe("");
  expect(await salvage(lab.context, { id: "one" })).toMatchObject({ commit: null });
  lab.git(lab.source, "reset", "-q", "--hard", before);
  expect((await salvage(lab.context, { id: "one" })).commits).toContain("refs/heads/work/one");
});

test(
  "commits of a worktree that the session has linked to its own are salvaged, on a branch or not",
  SLOW,
  async () => {
    await using lab = openLab();
    const { hub } = await lab.session("one");
    const place = lab.worktree("one");
    lab.git(place, "worktree", "add", "-q", "--detach", join(lab.context.root.session("one").directory, "side"));
    const oid = lab.commit(join(lab.context.root.session("one").directory, "side"), { "two.ts": "2\n" });
    expect((await salvage(lab.context, { id: "one" })).commits).toEqual(["worktrees/side/HEAD"]);
    expect(lab.git(hub, "merge-base", "--is-ancestor", oid, "refs/harness/salvage/one")).toBe("");
  },
);
