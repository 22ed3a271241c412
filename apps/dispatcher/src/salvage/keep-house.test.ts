import { systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { createFeed } from "../router/feed.ts";
import { openLab } from "../worktrees/testing/lab.ts";
import { keepHouse } from "./keep-house.ts";
import { saveFailed } from "./save-failed.ts";
import { removed } from "./testing/removed.ts";

const log = { info: () => {}, warn: () => {}, error: () => {}, close: () => {} };

test("whoever looks at what is kept hears of what comes and what goes", { timeout: 60_000 }, async () => {
  await using lab = openLab();
  const feed = createFeed();
  const told: string[] = [];
  feed.subscribe((event) => void (event.type === "salvage.changed" && told.push(event.session)));
  await removed(lab);
  await lab.session("given-up");
  lab.commit(lab.worktree("given-up"), { "a.ts": "1\n" });
  await saveFailed({ ...lab.context, log, feed }, "given-up");
  expect(told).toEqual(["given-up"]);

  const clock = { ...systemClock, now: () => Date.now() + 91 * 86_400_000 };
  const config = parseConfig("salvage: { keepDays: 90 }");
  const supervisor = { requireStorage: () => {} } as Parameters<typeof keepHouse>[0]["supervisor"];
  const house = keepHouse({ ...lab.context, config, clock, log, feed, supervisor });
  await until(() => told.length === 3);
  await house.close();
  expect(told.slice(1).toSorted()).toEqual(["given-up", "one"]);
});
