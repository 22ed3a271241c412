import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { moveFiles, moveFilesBack } from "./fast-forward.ts";
import { inspectSource } from "./source.ts";
import { openLab } from "./testing/lab.ts";
import { mergeSession } from "./testing/merge-session.ts";

const SLOW = { timeout: 120_000 };

test("files that cannot be taken back are told of, with the command that does it", async () => {
  await using lab = openLab();
  const from = lab.git(lab.source, "rev-parse", "HEAD");
  const to = lab.commit(lab.source, { "two.ts": "2\n" });
  lab.git(lab.source, "reset", "-q", "--hard", from);
  const move = { checkout: lab.source, from, to };
  expect(await moveFiles(lab.context, move)).toBeNull();
  writeFileSync(join(lab.source, ".git/index.lock"), "");
  const hint = expect.stringContaining(`\`git -C ${lab.source} reset --hard\` puts it back`);
  await expect(moveFilesBack(lab.context, move)).rejects.toMatchObject({ code: "git-failed", hint });
});

test(
  "a branch that a merge waited on and that is locked keeps nobody from being told that it is in",
  SLOW,
  async () => {
    await using lab = openLab();
    await lab.session("one");
    lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
    lab.write(lab.source, { "shared.txt": "mine\n" });
    expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "waiting", branch: "harness/one" });
    lab.git(lab.source, "checkout", "-q", "shared.txt");
    const lock = join(lab.source, ".git/refs/heads/harness/one.lock");
    writeFileSync(lock, "");
    expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged" });
    rmSync(lock);
    lab.commit(lab.worktree("one"), { "three.ts": "3\n" });
    expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged" });
    expect(lab.git(lab.source, "for-each-ref", "--format=%(refname)", "refs/heads/harness/")).toBe("");
  },
);

test("an index that git cannot read is told of in git's words", async () => {
  await using lab = openLab();
  writeFileSync(join(lab.source, ".git/index"), "junk");
  const failed = { code: "git-failed", message: expect.stringContaining("index file") };
  await expect(inspectSource(lab.context, { path: lab.source })).rejects.toMatchObject(failed);
});
