import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ownerOf } from "@harness/core";
import { btrfsDisk } from "@harness/core/testing";
import { expect, test, vi } from "vitest";
import { ended } from "../credentials/testing/cloud.ts";
import { createSession } from "../sessions/create.ts";
import { removeSession } from "../sessions/remove.ts";
import { runDispatcher, testConfig } from "../supervisor/testing/dispatchers.ts";
import { isSubvolume } from "../worktrees/testing/shared-lab.ts";
import { openPlace, requireUsers } from "./testing/open-place.ts";
import { pathsBelow } from "./testing/paths-below.ts";

// A disk is made, and each command waits for it.
vi.setConfig({ testTimeout: 120_000 });

test("a worktree by snapshot belongs to its session, whoever had the one before, and its index knows the files so", async () => {
  const disk = await btrfsDisk();
  if (disk === null) return;
  await using _disk = disk;
  await using place = openPlace(disk.path);
  const { root } = place;
  if (!(await requireUsers(root, testConfig()))) return;
  await using dispatcher = await runDispatcher(root);
  const repository = place.repository("shop");
  const work = [
    [
      { do: "edit", path: "new.txt", write: "new\n" },
      { do: "commit", message: "work" },
    ],
  ];
  for (const name of ["one", "two"]) {
    const wish = { task: "work", agent: "scripted", script: work, repository, name };
    const { id } = await createSession(dispatcher.context, wish);
    expect((await ended(dispatcher, id)).turn).toMatchObject({ stopReason: "end_turn" });
    const { directory, worktree } = root.session(id);
    const owner = ownerOf(directory)!;
    expect([isSubvolume(worktree), owner.uid >= 1_900_000_000]).toEqual([true, true]);
    for (const path of pathsBelow(directory)) expect([path, ownerOf(path)]).toEqual([path, owner]);
    execFileSync("git", ["-C", worktree, "diff-files", "--quiet"], { ...owner, env: { PATH: process.env["PATH"] } });
    await removeSession(dispatcher.context, id, { discard: true });
    expect(existsSync(directory)).toBe(false);
  }
});
