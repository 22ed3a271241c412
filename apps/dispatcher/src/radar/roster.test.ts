import { execFileSync } from "node:child_process";
import { expect, test, vi } from "vitest";
import { openLab } from "../worktrees/testing/lab.ts";
import { createRoster } from "./roster.ts";

vi.setConfig({ testTimeout: 60_000 });

const summary = (id: string, state: "open" | "closed" = "open") => ({
  id,
  name: null,
  state,
  branch: `work/${id}`,
  repository: "/shop",
});

test("a repository has changed when a branch, a target or who works there has, and only until it is looked at", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("a");
  await lab.session("b");
  const roster = createRoster(lab.context);
  const changes = () => {
    const changed = roster.changed();
    for (const one of changed) roster.see(one);
    return changed;
  };
  roster.note(summary("a"));
  expect([roster.hubs(), changes()]).toEqual([[], []]);
  await roster.settle();
  expect([changes(), changes()]).toEqual([[hub], []]);

  lab.commit(lab.worktree("a"), { "a.txt": "1\n" });
  expect([changes(), changes()]).toEqual([[hub], []]);
  lab.git(lab.worktree("a"), "commit", "-q", "--amend", "-m", "again");
  expect([changes(), changes()]).toEqual([[hub], []]);
  lab.git(lab.worktree("a"), "pack-refs", "--all");
  expect([changes(), changes()]).toEqual([[hub], []]);
  lab.commit(lab.source, { "main.txt": "1\n" });
  expect([changes(), changes()]).toEqual([[hub], []]);
  // What is not committed moves no branch.
  lab.write(lab.worktree("a"), { "loose.txt": "1\n" });
  expect(changes()).toEqual([]);

  roster.note(summary("b"));
  await roster.settle();
  expect([changes(), changes()]).toEqual([[hub], []]);
  roster.note(summary("b", "closed"));
  expect([changes(), changes()]).toEqual([[hub], []]);
  roster.drop("a");
  expect([changes(), roster.hubs(), changes()]).toEqual([[hub], [], []]);
});

test("a look that failed is tried again", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("a");
  const roster = createRoster(lab.context);
  roster.note(summary("a"));
  await roster.settle();
  roster.see(hub);
  roster.unsee(hub);
  expect(roster.changed()).toEqual([hub]);
});

test("a session without a branch or a repository is none of its business", async () => {
  await using lab = openLab();
  const roster = createRoster(lab.context);
  roster.note({ ...summary("a"), branch: null });
  roster.note({ ...summary("b"), repository: null });
  roster.note(summary("never-made"));
  await roster.settle();
  expect(roster.hubs()).toEqual([]);
});

test("to look whether anything changed opens nothing: a pipe in the place of a ref does not hold it up", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("a");
  lab.commit(lab.worktree("a"), { "a.txt": "1\n" });
  const roster = createRoster(lab.context);
  roster.note(summary("a"));
  await roster.settle();
  roster.see(hub);
  execFileSync("sh", ["-c", 'rm -f "$0" && mkfifo "$0"', `${lab.worktree("a")}/.git/refs/heads/work/a`]);
  expect(roster.changed()).toEqual([hub]);
});
