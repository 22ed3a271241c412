import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { envelope, setUpInbox, textsOf } from "../../test/inbox-fixture.ts";
import { newMessageId } from "../ids.ts";
import { temporaryDirectory } from "../testing/index.ts";

const MEGABYTE = 1024 * 1024;
const COUNT = 20_000;

test(
  "a burst is delivered whole and in order, in bounded steps, without filling the memory",
  { timeout: 120_000 },
  async () => {
    await using directory = temporaryDirectory();
    const { inbox, box } = setUpInbox(directory.path);
    const ids = Array.from({ length: COUNT }, () => newMessageId());
    for (const id of ids) writeFileSync(join(box.path, `${id}.msg`), envelope("x".repeat(1_000)));
    const before = process.memoryUsage().rss;
    let longestBlockMs = 0;
    let last = performance.now();
    // The process has other things to do meanwhile.
    const pulse = setInterval(() => {
      longestBlockMs = Math.max(longestBlockMs, performance.now() - last);
      last = performance.now();
    }, 5);
    const begun = performance.now();
    const first = await inbox.scan();
    expect(first.map((ready) => ready.id)).toEqual(ids.slice(0, 64));
    while (inbox.backlog() > 0) {
      last = performance.now();
      await inbox.scan();
    }
    clearInterval(pulse);
    const tookMs = performance.now() - begun;
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MEGABYTE);
    // A share of the whole, because a loaded machine is slow at both.
    expect(longestBlockMs).toBeLessThan(tookMs / 8);
    // Whatever comes ahead of prompts is found among them.
    const cancel = newMessageId();
    writeFileSync(join(box.path, `${cancel}.msg`), '{"v":1,"kind":"cancel"}');
    const ready = await inbox.scan();
    expect(ready.length).toBe(65);
    expect(ready.at(-1)?.message.kind).toBe("cancel");
  },
);

test("what waits and what is new share a scan: neither starves the other", async () => {
  await using directory = temporaryDirectory();
  const { inbox, clock, drop } = setUpInbox(directory.path);
  for (let number = 0; number < 3_000; number += 1) drop(`half-${number}.msg`, '{"v":1,');
  drop("text.msg", "plain text");
  for (let scans = 0; scans < 4; scans += 1) {
    await inbox.scan();
    await clock.advance(2_000);
  }
  drop("fresh.msg", envelope("fresh"));
  const delivered = new Set<string | undefined>();
  for (let scans = 0; scans < 4; scans += 1) {
    for (const text of textsOf(await inbox.scan())) delivered.add(text);
    await clock.advance(2_000);
  }
  expect(delivered).toEqual(new Set(["fresh", "plain text"]));
});
