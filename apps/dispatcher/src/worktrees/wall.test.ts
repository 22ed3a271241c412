import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import { runGit } from "./git.ts";
import { withMirror } from "./mirror.ts";
import { openLab } from "./testing/lab.ts";
import { findWallGap } from "./wall.ts";

describe.runIf(requireTool("bwrap"))("a git that reads what a session wrote", () => {
  test("finds no object of a repository that is not shown, whatever points there", async () => {
    await using lab = openLab();
    await lab.session("one");
    const secret = lab.git(lab.source, "rev-parse", "HEAD");
    const hidden = join(lab.path, "private");
    lab.git(lab.path, "init", "-q", hidden);
    const commit = lab.commit(hidden, { "secret.txt": "secret" });
    const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(hidden, ".git/objects") };
    await withMirror(lab.context, "one", async ({ git, gitDirectory }) => {
      expect((await git(["cat-file", "-t", secret], { env })).text).toBe("commit");
      await expect(git(["cat-file", "-t", commit], { env })).rejects.toMatchObject({ code: "git-failed" });
      // The same call with no wall around it reads it: it is the wall that hides it.
      expect((await runGit(lab.context, ["cat-file", "-t", commit], { gitDirectory, env })).text).toBe("commit");
    });
  });

  test("sees neither the state root nor the network, and cannot change the worktree", async () => {
    await using lab = openLab();
    await lab.session("one");
    const place = lab.worktree("one");
    writeFileSync(join(place, "new.txt"), "new");
    // An alias is the one program that we can have git run.
    const look = `!cat ${join(lab.context.root.session("one").directory, "token")}; ls ${lab.context.root.sessions}; touch ${place}/made; cat /proc/net/dev`;
    mkdirSync(lab.context.root.session("one").directory, { recursive: true });
    writeFileSync(join(lab.context.root.session("one").directory, "token"), "canary");
    await withMirror(lab.context, "one", async ({ git, worktree }) => {
      const { text, warnings } = await git(["look"], { config: [`alias.look=${look}`], worktree });
      expect(text.split("\n")[0]).toBe("one");
      expect(text).not.toContain("canary");
      expect(text.match(/^ *\w+:/gm)).toEqual([expect.stringMatching(/lo:/)]);
      expect(warnings).toContain("Read-only file system");
    });
  });

  test("is ended when it writes more than it may", async () => {
    await using lab = openLab();
    await lab.session("one");
    await withMirror(lab.context, "one", async ({ git, gitDirectory }) => {
      // Sparse, so that the disk is spared: the limit counts where a byte is written.
      const grow = `!dd if=/dev/zero of=${gitDirectory}/grown bs=1 count=1 seek=9G`;
      await expect(git(["grow"], { config: [`alias.grow=${grow}`] })).rejects.toMatchObject({ code: "git-failed" });
    });
  });

  test("has a wall on this machine", async () => {
    expect(await findWallGap(process.env["PATH"])).toBeNull();
    expect(await findWallGap("/nonexistent")).toContain("git");
  });
});
