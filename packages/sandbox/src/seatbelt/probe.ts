import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runWrapped } from "../run-wrapped.ts";
import type { Probe, SandboxPolicy, WrappedCommand } from "../sandbox.ts";

const INSIDE = "inside";
// What must not be there is tried: a program of that name that builds no wall is no sandbox.
const PROOF = `if read -r _ <"$0" || (: >>"$0"); then echo open; else echo ${INSIDE}; fi 2>/dev/null`;
const GAPS = [
  "It was never tried on a Mac by those who wrote it.",
  "What detaches itself can outlive its coding agent.",
  "Memory and the number of processes are not limited.",
  "No server can be started inside, unless with the network host.",
  "The names of folders and the list of processes of the machine can be seen.",
];

export interface Trial {
  readonly platform: NodeJS.Platform;
  readonly program: string;
  wrap(command: readonly string[], policy: SandboxPolicy): Promise<WrappedCommand>;
}

/** Starts a shell inside that tries to read and to write what it is not shown. */
export async function probeSeatbelt({ platform, program, wrap }: Trial): Promise<Probe> {
  if (platform !== "darwin") return fails("Seatbelt is a part of macOS.", "On Linux choose bubblewrap.");
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return fails(`${program} is not there.`, "It is a part of macOS, which may have lost it with an update.");
  }
  const place = mkdtempSync(join(tmpdir(), "harness-sandbox-"));
  try {
    const canary = join(place, "canary");
    writeFileSync(canary, "canary\n");
    const ran = await runWrapped(
      await wrap(["/bin/sh", "-c", PROOF, canary], { directory: "/usr/share", environment: {}, network: "none" }),
    );
    const said = ran.said.split("\n").at(-1) ?? "";
    if (said === INSIDE) return { works: true, gaps: GAPS };
    if (said === "open") return fails(`${program} starts commands with no wall around them.`, "Look at what it is.");
    return fails(`it does not start (${said}).`, "A process that is in a sandbox itself cannot start another one.");
  } catch (error) {
    return fails(
      `it could not be tried: ${error instanceof Error ? error.message : String(error)}`,
      "Build or install Harness again.",
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const fails = (why: string, hint: string): Probe => ({ works: false, why, hint });
