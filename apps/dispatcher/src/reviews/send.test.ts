import { newMessageId } from "@harness/core";
import { expect, test } from "vitest";
import { mergeAll, openQueueLab } from "../merges/testing/queue-lab.ts";
import { sendReview } from "./send.ts";

const SLOW = { timeout: 120_000 };

const comment = (text: string, line = 1) => ({ path: "one.ts", line, side: "new" as const, text });

test("a review that was sent and is sent again has arrived, though its lines are gone by now", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "one.ts": "a\nb\n" });
  const id = newMessageId();
  const review = { id, comments: [comment("Why?", 2)], message: "Nearly there." };
  expect(await sendReview(dispatcher, "one", review)).toEqual({ id, outcome: "published" });
  lab.commit(lab.worktree("one"), { "one.ts": "a\n" });
  expect(await sendReview(dispatcher, "one", review)).toEqual({ id, outcome: "duplicate" });
  expect(lab.told("one")).toHaveLength(1);

  // Under another id it is another message, and another review under this id is none.
  const fresh = { ...review, id: newMessageId() };
  await expect(sendReview(dispatcher, "one", fresh)).rejects.toMatchObject({ code: "comment-misplaced" });
  const other = { ...review, comments: [comment("What?")] };
  await expect(sendReview(dispatcher, "one", other)).rejects.toMatchObject({ code: "id-conflict" });
  expect(lab.told("one")).toHaveLength(1);
});

test("comments on what a merge brings are placed there, and name its commit", SLOW, async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  const tip = await lab.work("one", { "one.ts": "a\nb\n", ".envrc": "true\n" });
  await mergeAll(dispatcher, { sessions: ["one"] });
  lab.commit(lab.worktree("one"), { "one.ts": "a\n" });
  await sendReview(dispatcher, "one", { comments: [comment("Why?", 2)], tip });
  const [told = ""] = lab.told("one");
  const { text } = JSON.parse(told).body as { text: string };
  expect(text).toContain(`as of your commit ${tip}`);
  expect(text).toContain("one.ts:2\nb\n");
});
