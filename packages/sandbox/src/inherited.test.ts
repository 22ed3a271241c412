import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { requireTool } from "@harness/core/testing";
import { expect, it } from "vitest";

it("finds what a process was started with, and nothing that Node opened", () => {
  if (!requireTool("bash")) return;
  const path = fileURLToPath(new URL("inherited.ts", import.meta.url));
  const program = `
    import { openSync } from "node:fs";
    import { inheritedDescriptors } from ${JSON.stringify(path)};
    openSync("/", "r");
    console.log(JSON.stringify(inheritedDescriptors().filter((each) => each < 150)));`;
  // Node itself looks after the low ones, up to the first that is not open.
  const script = 'exec 100</ 120</; exec "$@"';
  const command = ["-c", script, "bash", process.execPath, "--input-type=module", "-e", program];
  const { stdout } = spawnSync("bash", command, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  expect(JSON.parse(stdout)).toEqual([100, 120]);
});
