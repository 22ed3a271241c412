import { expect, test } from "vitest";
import { edited } from "../worktrees/testing/lab.ts";
import { rebaseSession } from "./rebase-session.ts";
import { mergeAll, openQueueLab } from "./testing/queue-lab.ts";

const SLOW = { timeout: 120_000 };

test(
  "a rebase is made in the hub; the session is told once, and takes it with what the message says",
  SLOW,
  async () => {
    await using lab = openQueueLab();
    await using dispatcher = await lab.dispatcher();
    const tip = await lab.work("one", { "1.ts": "1\n" });
    const target = lab.commit(lab.source, { "person.ts": "by hand\n" }, "meanwhile");
    const place = lab.worktree("one");
    lab.write(place, { "loose.ts": "not committed\n" });
    const before = lab.git(place, "rev-parse", "HEAD");
    const rebase = await rebaseSession(dispatcher.context, { session: "one" });
    expect(rebase).toMatchObject({
      outcome: "rebased",
      onto: "main",
      target,
      tip,
      count: 1,
      uncommitted: { untracked: 1 },
    });
    expect([lab.git(place, "rev-parse", "HEAD"), lab.git(lab.source, "rev-parse", "main")]).toEqual([before, target]);
    const again = await rebaseSession(dispatcher.context, { session: "one" });
    const told = lab.told("one");
    expect(told.length).toBe(again.commit === rebase.commit ? 1 : 2);
    const { text } = JSON.parse(told[0] ?? "").body;
    const [, command = ""] = /`(git reset --keep [0-9a-f]+)`/.exec(text) ?? [];
    lab.git(place, ...command.split(" ").slice(1));
    expect(lab.git(place, "log", "--format=%s", "-2")).toBe("work of one\nmeanwhile");
    expect(lab.git(place, "status", "--porcelain")).toBe("?? loose.ts");
    expect((await rebaseSession(dispatcher.context, { session: "one" })).outcome).toBe("up to date");
  },
);

test(
  "a rebase that conflicts changes nothing and is told to the session with what it can rebase on",
  SLOW,
  async () => {
    await using lab = openQueueLab();
    await using dispatcher = await lab.dispatcher();
    const theirs = await lab.work("one", { "shared.txt": edited({ 3: "three of one" }) });
    const ours = lab.commit(lab.source, { "shared.txt": edited({ 3: "three of main" }) });
    for (let round = 0; round < 2; round++) {
      await expect(rebaseSession(dispatcher.context, { session: "one" })).rejects.toMatchObject({
        code: "merge-conflict",
        details: { files: ["shared.txt"], ours, theirs },
      });
    }
    const told = lab.told("one");
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? "").body.text).toContain(`git rebase ${ours}`);
    expect(lab.git(lab.worktree("one"), "rev-parse", "HEAD")).toBe(theirs);
  },
);

test("what was squashed into the target is not rebased onto it again", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "shared.txt": edited({ 3: "three of one" }) });
  await mergeAll(dispatcher, { sessions: ["one"], how: "squash" });
  lab.commit(lab.source, { "shared.txt": edited({ 3: "three, by the person" }) });
  lab.commit(lab.worktree("one"), { "2.ts": "2\n" }, "second");
  const rebase = await rebaseSession(dispatcher.context, { session: "one" });
  expect(rebase).toMatchObject({ outcome: "rebased", count: 1 });
  const place = lab.worktree("one");
  expect(lab.git(place, "show", `${rebase.commit}:shared.txt`)).toContain("three, by the person");
});
