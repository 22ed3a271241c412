import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StateRoot } from "@harness/core";
import { runGit, type GitContext } from "../worktrees/git.ts";
import { identityVariables } from "../worktrees/identity.ts";
import { SHARED_FILE, SHOP_FILES, TARGET_BRANCH } from "./shop-files.ts";

export function shopPath(root: StateRoot): string {
  return join(root.demo, "shop");
}

/** Makes the scratch repository, whole or not at all. False when it was there. */
export async function makeShop(context: GitContext): Promise<boolean> {
  const place = shopPath(context.root);
  if (existsSync(place)) return false;
  mkdirSync(context.root.demo, { recursive: true, mode: 0o700 });
  const building = mkdtempSync(join(context.root.demo, ".shop-"));
  for (const [path, text] of Object.entries(SHOP_FILES)) {
    mkdirSync(dirname(join(building, path)), { recursive: true });
    writeFileSync(join(building, path), text);
  }
  const env = identityVariables({ name: "Shop", email: "shop@localhost" });
  const git = (...args: string[]) => runGit(context, args, { cwd: building, env });
  await git("init", "--quiet", `--initial-branch=${TARGET_BRANCH}`);
  await git("add", "--all");
  await git("commit", "--quiet", "--message=Open the shop");
  renameSync(building, place);
  return true;
}

/** The shared file as the target branch has it. */
export async function readMerged(context: GitContext): Promise<string> {
  const { text } = await runGit(context, ["show", `${TARGET_BRANCH}:${SHARED_FILE}`], { cwd: shopPath(context.root) });
  return text;
}

/** The history of the target branch as a graph. */
export async function readHistory(context: GitContext): Promise<string[]> {
  const args = ["log", "--graph", "--format=%h %s (%an)", TARGET_BRANCH];
  const { text } = await runGit(context, args, { cwd: shopPath(context.root) });
  return text.split("\n").map((line) => line.trimEnd());
}
