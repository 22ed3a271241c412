import { HarnessError } from "@harness/core";
import { createBubblewrap } from "./bubblewrap/bubblewrap.ts";
import { createNone } from "./none.ts";
import type { Probe, Sandbox, SandboxName } from "./sandbox.ts";
import { createSeatbelt } from "./seatbelt/seatbelt.ts";

const SANDBOXES: Record<SandboxName, (known: Known) => Sandbox> = {
  bubblewrap: createBubblewrap,
  seatbelt: () => createSeatbelt(),
  none: createNone,
};

/** The `found` of a probe in another process of ours. */
interface Known {
  readonly found?: string | undefined;
}

/** `auto` is the strongest of this system. It is never `none`: that has to be asked for. */
export type SandboxWish = SandboxName | "auto";

/** Pure. */
export function strongestOf(platform: NodeJS.Platform): SandboxName {
  return platform === "darwin" ? "seatbelt" : "bubblewrap";
}

/** The sandbox that `auto` means, and whether it works on this machine. */
export async function detectSandbox(): Promise<{ sandbox: Sandbox; probe: Probe }> {
  const sandbox = SANDBOXES[strongestOf(process.platform)]({});
  return { sandbox, probe: await sandbox.probe() };
}

/** The sandbox of that name. Throws `sandbox-unknown`, and `sandbox-unavailable` where it does not work: none takes its place. */
export async function openSandbox(wish: string, known: Known = {}): Promise<Sandbox> {
  const name = wish === "auto" ? strongestOf(process.platform) : wish;
  if (!Object.hasOwn(SANDBOXES, name)) {
    const names = ["auto", ...Object.keys(SANDBOXES)].join(", ");
    throw new HarnessError("sandbox-unknown", `There is no sandbox ${JSON.stringify(wish)}; there are ${names}.`);
  }
  const sandbox = SANDBOXES[name as SandboxName](known);
  const probe = await sandbox.probe();
  if (probe.works) return sandbox;
  throw new HarnessError("sandbox-unavailable", `The sandbox ${name} does not work here: ${probe.why}`, {
    hint: probe.hint,
  });
}
