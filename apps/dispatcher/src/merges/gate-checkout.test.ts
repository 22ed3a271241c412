import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktree } from "../worktrees/clone.ts";
import { inspectSource } from "../worktrees/source.ts";
import { makeCheckout, removeCheckout } from "./gate/gate-checkout.ts";
import { openQueueLab } from "./testing/queue-lab.ts";

test("a gate's checkout has the tags, and ends where the history of a shallow repository ends", async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  for (const name of ["two.ts", "three.ts", "four.ts"]) lab.commit(lab.source, { [name]: "x\n" }, name);
  lab.git(lab.source, "tag", "-a", "-m", "first", "v1");
  const path = join(lab.path, "shallow");
  lab.git(lab.path, "clone", "-q", "--depth=2", `file://${lab.source}`, path);
  const source = await inspectSource(lab.context, { path });
  const record = await createWorktree(lab.context, { id: "one", source, branch: "work/one" });
  const { directory, tree } = await makeCheckout(dispatcher.context, record, record.start);
  expect(lab.git(tree, "log", "--format=%s")).toBe("four.ts\nthree.ts");
  expect(lab.git(tree, "describe")).toBe("v1");
  await removeCheckout(directory);
  expect(existsSync(directory)).toBe(false);
});

test("a checkout that cannot be made leaves nothing", async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "two.ts": "2\n" });
  const source = await inspectSource(lab.context, { path: lab.source });
  const record = await createWorktree(lab.context, { id: "two", source, branch: "work/two" });
  const nothing = "1".repeat(40);
  await expect(makeCheckout(dispatcher.context, record, nothing)).rejects.toMatchObject({ code: "git-failed" });
  expect(readdirSync(lab.context.root.run.gates)).toEqual([]);
});
