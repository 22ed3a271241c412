import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { sendToSession } from "../sessions/send.ts";
import {
  agentPids,
  runDispatcher,
  temporaryRoot,
  testConfig,
  type TestDispatcher,
} from "../supervisor/testing/dispatchers.ts";

const MIB = 1024 * 1024;
const config = testConfig();
const limited = { ...config, limits: { ...config.limits, diskPerSession: 4 * MIB } };

// Fills the disk the first time, and would go on for ever.
const GREEDY = [
  "sh",
  "-c",
  `echo run >> "$HOME/runs"; test -e "$HOME/greedy" && exec cat; head -c ${8 * MIB} /dev/zero | tr '\\0' x > "$HOME/greedy.part"; mv "$HOME/greedy.part" "$HOME/greedy"; exec sleep 600`,
];

function isHeld({ context }: TestDispatcher, id: string): boolean {
  const { badge, alive } = getSession(context, id);
  return badge === "needs you" && !alive && agentPids(context.root, id).length === 0;
}

test("a session over its quota is stopped, needs a person, keeps everything, and goes on once it is under it", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const options = { config: limited, timing: { diskMs: 100 } };
  const first = await runDispatcher(root, options);
  const { id } = await createSession(first.context, { task: "grow", command: GREEDY });
  const { home } = root.session(id);
  await until(() => isHeld(first, id));
  expect(getSession(first.context, id)).toMatchObject({
    alive: false,
    turn: { state: "ended", stopReason: "interrupted" },
    wanted: { wanted: "run", overDisk: { limit: 4 * MIB } },
    notes: [expect.stringMatching(/^Nothing runs: it takes [0-9.]+ MB of the disk and may take 4.2 MB./)],
  });
  expect(existsSync(join(home, "greedy"))).toBe(true);

  // A message is taken and waits, and another dispatcher knows it too.
  await sendToSession(first.context, id, { kind: "prompt", body: { text: "more" } });
  await first.close();
  await using second = await runDispatcher(root, options);
  expect(getSession(second.context, id)).toMatchObject({ badge: "needs you", alive: false });
  expect(agentPids(root, id)).toEqual([]);
  expect(readFileSync(join(home, "runs"), "utf8")).toBe("run\n");

  const events = second.context.feed.lastId();
  rmSync(join(home, "greedy"));
  // The first turn is resumed, and would only fill the disk again.
  await until(() => getSession(second.context, id).alive);
  expect(getSession(second.context, id).wanted?.overDisk).toBeUndefined();
  expect(second.context.feed.since(events)?.map(({ type }) => type)).toContain("session.changed");
  await until(() => isHeld(second, id));
  expect(readFileSync(join(home, "runs"), "utf8")).toBe("run\nrun\n");
});

test("a session within its quota is left alone, and a quota that is taken away holds nobody", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const timing = { diskMs: 100 };
  const first = await runDispatcher(root, { config: limited, timing });
  const small = await createSession(first.context, { task: "x", command: ["cat"] });
  const { id } = await createSession(first.context, { task: "grow", command: GREEDY });
  await until(() => isHeld(first, id));
  expect(getSession(first.context, small.id)).toMatchObject({ badge: "idle", turns: 1 });
  await first.close();
  await using second = await runDispatcher(root, { config, timing });
  await until(() => getSession(second.context, id).turns === 1);
  expect(getSession(second.context, id)).toMatchObject({ badge: "idle", notes: [] });
});

test("config.yaml says sizes, and a mistake names its line", () => {
  const text = "limits: { diskPerSession: 500MiB }\nrepositories:\n  /srv/shop:\n    disk: 10GB\n";
  const parsed = parseConfig(text);
  expect([parsed.limits.diskPerSession, parsed.repositories["/srv/shop"]?.disk]).toEqual([500 * MIB, 10_000_000_000]);
  expect(() => parseConfig(text.replace("10GB", "lots"))).toThrow(
    "config.yaml, line 4: repositories./srv/shop.disk: This is no size: write 10GB, 500MiB or a number of bytes.",
  );
  expect(() => parseConfig("limits:\n  diskPerSession: 0\n")).toThrow(/line 2: limits.diskPerSession: Too small/);
});
