import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readRecord } from "../../worktrees/record.ts";
import { openQueueLab } from "../testing/queue-lab.ts";
import { makeCheckout } from "./gate-checkout.ts";

test("a checkout that could not be made leaves nothing behind", async () => {
  await using lab = openQueueLab();
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "1.ts": "1\n" });
  const record = await readRecord(dispatcher.context, "one");
  await expect(makeCheckout(dispatcher.context, record, "1".repeat(40))).rejects.toThrow("1111111111");
  expect(readdirSync(lab.context.root.run.gates)).toEqual([]);
});
