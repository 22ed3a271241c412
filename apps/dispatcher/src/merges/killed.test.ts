import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ask, spawnDispatcher } from "../supervisor/testing/dispatchers.ts";
import type { MergeItem } from "./item.ts";
import { openQueueLab, untilEnded } from "./testing/queue-lab.ts";

const SLOW = { timeout: 240_000 };

test.each(["admitted", "judged", "planned", "objects", "files", "branch", "marked", "settled"])(
  "the dispatcher is killed after `%s`: the next one makes one merge of each",
  SLOW,
  async (dieAt) => {
    await using lab = openQueueLab({ gate: "true" });
    const tips = [await lab.work("one", { "1.ts": "1\n" }), await lab.work("two", { "2.ts": "2\n" })];
    const old = lab.git(lab.source, "rev-parse", "main");
    const first = await spawnDispatcher({ home: lab.context.root.path, config: lab.config, dieAt });
    // It may be dead before it has answered.
    await ask<MergeItem[]>(first, "/api/merges", { sessions: ["one", "two"] }).catch(() => null);
    const died = new Promise((resolve) => first.child.once("exit", (_, signal) => resolve(signal)));
    expect(first.child.signalCode ?? (await died)).toBe("SIGKILL");
    const between = lab.git(lab.source, "rev-parse", "main");
    const links = lab.git(lab.source, "rev-list", "--first-parent", "--parents", `${old}..${between}`);
    expect(links === "" || links.split("\n").length === 2).toBe(true);

    await using next = await lab.dispatcher();
    const ended = await untilEnded(next, 2);
    expect(ended.map(({ session, outcome }) => [session, outcome])).toEqual([
      ["one", "merged"],
      ["two", "merged"],
    ]);
    const merged = lab.git(lab.source, "log", "--first-parent", "--reverse", "--format=%P", `${old}..main`).split("\n");
    expect(merged.map((line) => line.split(" ")[1])).toEqual(tips);
    expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
    expect(lab.git(lab.source, "fsck", "--full", "--no-dangling")).toBe("");
    // No gate is left over, neither its files nor its processes.
    expect(readdirSync(lab.context.root.run.gates).filter((name) => !name.endsWith(".log"))).toEqual([]);
  },
);
