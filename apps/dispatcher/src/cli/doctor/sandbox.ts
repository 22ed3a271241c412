import { createBubblewrap } from "@harness/sandbox";
import { findLimits } from "./limits.ts";
import { findWallGap } from "../../worktrees/wall.ts";
import { ok, weak, type Finding } from "./finding.ts";

/** Which walls stand on this machine, tried out and not guessed. */
export async function findSandbox(path: string | undefined): Promise<Finding[]> {
  const probe = await createBubblewrap().probe();
  const gap = await findWallGap(path);
  const hint = probe.works ? "Let PATH lead to the git of the system." : probe.hint;
  return [
    probe.works
      ? ok("sandbox", ["coding agents run in bubblewrap, with no network but their model.", ...probe.gaps].join(" "))
      : weak("sandbox", `no sandbox: ${probe.why} Coding agents can read and change whatever you can.`, probe.hint),
    gap === null
      ? ok("git import", "git reads what a session wrote behind a wall")
      : weak("git import", `git reads what a session wrote as you, with no wall around it: ${gap}`, hint),
    findLimits(path),
  ];
}
