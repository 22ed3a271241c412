import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { CommandLine } from "./command-line.ts";

export const write = (path: string, text: string) => ({ do: "edit", path, write: text });
export const commit = (message: string) => ({ do: "commit", message });

/** A session that did `steps` on a branch of its own. Returns its id. */
export async function spawnWorked(
  line: CommandLine,
  { repository, branch, steps }: { repository: string; branch: string; steps: object[] },
): Promise<string> {
  const script = join(line.directory, "script.json");
  writeFileSync(script, JSON.stringify([steps]));
  const where = ["--repo", repository, "--branch", branch];
  const ran = await line.run(["spawn", `work on ${branch}`, ...where, "--script", script, "--wait", "--json"]);
  expect([ran.code, ran.json().reply?.body?.stopReason]).toEqual([0, "end_turn"]);
  return ran.json().id;
}
