import { detectSandbox, type Probe, type Sandbox } from "@harness/sandbox";
import type { Verdict } from "../../users/verdict.ts";
import { findLimits } from "./limits.ts";
import { findWallGap } from "../../worktrees/wall.ts";
import { notTested, ok, weak, type Finding } from "./finding.ts";

/** Which walls stand on this machine, tried out and not guessed. */
export async function findSandbox(path: string | undefined, verdict: Verdict | null): Promise<Finding[]> {
  const { sandbox, probe } = await detectSandbox();
  const gap = await findWallGap(path);
  const hint = probe.works ? "Let PATH lead to the git of the system." : probe.hint;
  return [
    tellSandbox(sandbox, probe),
    gap === null
      ? ok("git import", "git reads what a session wrote behind a wall")
      : weak("git import", `git reads what a session wrote as you, with no wall around it: ${gap}`, hint),
    findLimits(path, { hasOwnUser: verdict?.own === true }),
  ];
}

/** Pure. */
export function tellSandbox({ name, tested }: Pick<Sandbox, "name" | "tested">, probe: Probe): Finding {
  if (!probe.works) {
    const text = `no sandbox: ${probe.why} Coding agents can read and change whatever you can.`;
    return weak("sandbox", text, probe.hint);
  }
  const found = [`coding agents run in ${name}, with no network but their model.`, ...probe.gaps].join(" ");
  return tested ? ok("sandbox", found) : notTested("sandbox", found);
}
