import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { trySnapshot } from "../../worktrees/can-snapshot.ts";
import { UNFINISHED } from "../../worktrees/create-hub.ts";
import type { GitContext } from "../../worktrees/git.ts";
import { ok, weak, type Finding } from "./finding.ts";

/** How the worktree of a session is made here, tried out and not guessed. */
export async function findWorktrees(context: GitContext): Promise<Finding> {
  const name = "worktrees";
  const { hub } = context.root;
  if (!existsSync(hub)) return ok(name, "none yet; on btrfs they are made by snapshot");
  const sharing = await trySnapshot(context, join(hub, `${UNFINISHED}${randomBytes(6).toString("hex")}`));
  if (sharing.works) return ok(name, "made by snapshot where an earlier session began at the same commit");
  if (!sharing.isBtrfs) return ok(name, "each is checked out; on btrfs they are made by snapshot");
  const text = `Each is checked out, though the disk is btrfs and could share blocks: ${sharing.why}`;
  return weak(name, text, "Install btrfs-progs, and keep the whole state root in one file system.");
}
