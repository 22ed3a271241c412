import { HarnessError } from "@harness/core";
import { checkPolicy } from "../policy.ts";
import type { Probe, Sandbox, SandboxPolicy, WrappedCommand } from "../sandbox.ts";
import { limitByShell, SHELL_LIMITS } from "./limit-by-shell.ts";
import { probeSeatbelt } from "./probe.ts";
import { linksTo, realLeaf } from "./real-leaf.ts";

/** An empty directory of macOS, for whoever has no home. */
const NOWHERE = "/var/empty";

export interface SeatbeltOptions {
  /** Only for tests. */
  readonly platform?: NodeJS.Platform;
  readonly program?: string;
}

/** macOS's own sandbox: a list of what is shown, under a profile of `@anthropic-ai/sandbox-runtime` and rules of ours. */
export function createSeatbelt(options: SeatbeltOptions = {}): Sandbox {
  // Never by PATH, on which a person's own program may come first.
  const { platform = process.platform, program = "/usr/bin/sandbox-exec" } = options;
  const wrapWith = (command: readonly string[], policy: SandboxPolicy) => wrapAs(program, command, policy);
  let probing: Promise<Probe> | undefined;
  const probe = () => (probing ??= probeSeatbelt({ platform, program, wrap: wrapWith }));
  return {
    name: "seatbelt",
    tested: false,
    holdsTree: false,
    loopback: "machine",
    limits: SHELL_LIMITS,
    probe,
    async wrap(command, policy) {
      const found = await probe();
      if (found.works) return wrapWith(command, policy);
      throw new HarnessError("sandbox-unavailable", `The sandbox seatbelt does not work here: ${found.why}`);
    },
  };
}

async function wrapAs(program: string, command: readonly string[], policy: SandboxPolicy): Promise<WrappedCommand> {
  const { leaves, home, directory } = checkPolicy(policy);
  // Not before it is needed: on Linux nobody does.
  const { seatbeltProfile } = await import("./profile.ts");
  const profile = seatbeltProfile({
    readable: leaves.filter(({ writable }) => !writable).map(({ path }) => realLeaf(path)),
    writable: leaves.filter(({ writable }) => writable).map(({ path }) => realLeaf(path)),
    links: [...new Set(leaves.flatMap(({ path }) => linksTo(path)))],
    network: policy.network,
    ports: policy.ports ?? [],
  });
  return {
    command: [program, "-p", profile, ...limitByShell(command, policy.limits)],
    environment: { ...policy.environment, HOME: home ?? NOWHERE },
    directory,
    descriptors: [],
    close() {},
  };
}
