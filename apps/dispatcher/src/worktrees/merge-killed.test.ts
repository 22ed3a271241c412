import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireTool } from "@harness/core/testing";
import { expect, test } from "vitest";
import { mergeSession } from "./testing/merge-session.ts";
import { readMergeRecord } from "./merge-record.ts";
import { worktreePaths } from "./paths.ts";
import { edited, type Lab, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 300_000 };
const SCRIPT = join(import.meta.dirname, "testing/merge-and-die.ts");

function mergeInChild(lab: Lab, step: string, trace: string[] = []): NodeJS.Signals | null {
  const script = [process.execPath, SCRIPT, lab.context.root.path, step];
  const [command, args] = trace.length === 0 ? [process.execPath, script.slice(1)] : ["strace", [...trace, ...script]];
  return spawnSync(command, args, { env: { ...lab.context.environment, PATH: process.env["PATH"] }, stdio: "ignore" })
    .signal;
}

/** The target is the old commit or a merge of exactly the two. */
function expectOldOrNew(lab: Lab, { old, tip }: Facts): void {
  const [target, ...parents] = lab.git(lab.source, "rev-list", "--parents", "-1", "main").split(" ");
  expect([[old], [target, old, tip]]).toContainEqual(parents.length === 0 ? [target] : [target, ...parents]);
}

interface Facts {
  old: string;
  tip: string;
}

/** One more run makes it new, with one merge commit, and the next finds nothing to do. */
async function expectOneMerge(lab: Lab, facts: Facts): Promise<void> {
  expectOldOrNew(lab, facts);
  const merge = await mergeSession(lab.context, { id: "one" });
  expect(merge).toMatchObject({ outcome: "merged", tip: facts.tip });
  expect(await readMergeRecord(lab.context.root, "one")).toMatchObject({ state: "merged", commit: merge.commit });
  await expectFinished(lab, facts);
}

async function expectFinished(lab: Lab, { old, tip }: Facts): Promise<void> {
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({ code: "nothing-to-merge" });
  expect(lab.git(lab.source, "rev-parse", "main^1", "main^2")).toBe(`${old}\n${tip}`);
  expect(lab.git(lab.source, "rev-list", "--merges", "--count", "--all")).toBe("1");
  expect(lab.git(lab.source, "fsck", "--full", "--no-dangling")).toBe("");
}

test.each([
  ["imported", expectOneMerge],
  ["planned", expectOneMerge],
  ["objects", expectOneMerge],
  ["files", expectOneMerge],
  ["branch", expectOneMerge],
  ["marked", expectFinished],
])("killed after `%s`, with the target checked out", SLOW, async (step, expectNext) => {
  await using lab = openLab();
  const { start: old } = await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three" }), "two.ts": "2\n" });
  expect(mergeInChild(lab, step)).toBe("SIGKILL");
  await expectNext(lab, { old, tip });
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
  expect(readFileSync(join(lab.source, "two.ts"), "utf8")).toBe("2\n");
});

test.each(["planned", "objects", "branch"])("killed after `%s`, with the target free", SLOW, async (step) => {
  await using lab = openLab();
  const { start: old } = await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.git(lab.source, "checkout", "-q", "-b", "elsewhere");
  expect(mergeInChild(lab, step)).toBe("SIGKILL");
  await expectOneMerge(lab, { old, tip });
});

test("with its record lost after the branch moved, the merge is found again by its trailer", SLOW, async () => {
  await using lab = openLab();
  const { start: old } = await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  expect(mergeInChild(lab, "branch")).toBe("SIGKILL");
  rmSync(worktreePaths(lab.context.root, "one").merge);
  await expectOneMerge(lab, { old, tip });
});

test("killed whenever it starts another git", { timeout: 600_000 }, async () => {
  if (!requireTool("strace")) return;
  await using lab = openLab();
  const { start: old } = await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.git(lab.source, "checkout", "-q", "-b", "elsewhere");
  const log = join(lab.path, "count.log");
  let kills = 0;
  for (let n = 4; ; n += 4) {
    // Only the dispatcher's own process is traced: git runs on, as it would.
    const inject = `inject=vfork,clone,clone3,fork:signal=KILL:when=${n}`;
    const trace = ["-qq", "-o", log, "-e", "trace=vfork,clone,clone3,fork", "-e", inject];
    if (mergeInChild(lab, "never", trace) === null) break;
    kills++;
    expectOldOrNew(lab, { old, tip });
  }
  expect(kills).toBeGreaterThan(2);
  await expectFinished(lab, { old, tip });
});
