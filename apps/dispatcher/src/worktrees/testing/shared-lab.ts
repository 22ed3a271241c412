import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SmallDisk } from "@harness/core/testing";
import { type Lab, openLab } from "./lab.ts";

/** A lab whose state root is on the disk. */
export function openSharedLab(disk: SmallDisk | null, environment: Record<string, string> = {}): Lab {
  return openLab({ state: join(mkdtempSync(join(disk?.path ?? "", "root-")), "state"), environment });
}

export const isSubvolume = (path: string) => statSync(path).ino === 256;

export const listTemplates = (lab: Lab) =>
  readdirSync(lab.context.root.hub).filter((name) => name.includes(".worktree-"));
