import { HarnessError } from "@harness/core";
import { createBubblewrap } from "./bubblewrap/bubblewrap.ts";
import { createNone } from "./none.ts";
import type { Probe, Sandbox, SandboxName } from "./sandbox.ts";

const SANDBOXES: Record<SandboxName, () => Sandbox> = { bubblewrap: createBubblewrap, none: createNone };

/** `auto` is the strongest that works. */
export type SandboxWish = SandboxName | "auto";

/** What `auto` comes to on this machine, and, where that is `none`, why. */
export async function detectSandbox(): Promise<{ sandbox: Sandbox; probe: Probe }> {
  const sandbox = createBubblewrap();
  const probe = await sandbox.probe();
  return { sandbox: probe.works ? sandbox : createNone(), probe };
}

/** The sandbox of that name. Throws `sandbox-unknown`, and `sandbox-unavailable` where it does not work: none takes its place. */
export async function openSandbox(wish: string): Promise<Sandbox> {
  if (wish === "auto") return (await detectSandbox()).sandbox;
  if (!Object.hasOwn(SANDBOXES, wish)) {
    const known = ["auto", ...Object.keys(SANDBOXES)].join(", ");
    throw new HarnessError("sandbox-unknown", `There is no sandbox ${JSON.stringify(wish)}; there are ${known}.`);
  }
  const sandbox = SANDBOXES[wish as SandboxName]();
  const probe = await sandbox.probe();
  if (probe.works) return sandbox;
  throw new HarnessError("sandbox-unavailable", `The sandbox ${wish} does not work here: ${probe.why}`, {
    hint: probe.hint,
  });
}
