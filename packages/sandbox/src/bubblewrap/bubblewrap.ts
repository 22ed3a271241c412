import { closeSync } from "node:fs";
import { HarnessError, type Owner } from "@harness/core";
import { LIMIT_NAMES, limitCommand } from "../limits.ts";
import { createMemoryFile, type MemoryFile } from "../memory-file.ts";
import { openLeaf } from "../open-leaf.ts";
import { checkPolicy, refuse } from "../policy.ts";
import type { Probe, Sandbox, SandboxPolicy, WrappedCommand } from "../sandbox.ts";
import { seccompFilter } from "../seccomp/filter.ts";
import { bubblewrapArguments } from "./arguments.ts";
import { splitEnvironment } from "./environment.ts";
import type { Features } from "./features.ts";
import { probeBubblewrap } from "./probe.ts";
import { ownFiles, systemMounts } from "./system-files.ts";

const FIRST_DESCRIPTOR = 3;

export interface BubblewrapOptions {
  /** A PATH on which `bwrap` is looked for after the system's own directories. */
  readonly path?: string;
  /** The `found` of a probe in another process. */
  readonly found?: string | undefined;
  /** Whom it is tried as, where this is root; as this process unless given. */
  readonly as?: Owner;
}

/** An empty root, namespaces of its own, and nothing mounted but what the policy and the system's programs need. */
export function createBubblewrap(options: BubblewrapOptions = {}): Sandbox {
  let probing: ReturnType<typeof probeBubblewrap> | undefined;
  const probe = () => (probing ??= probeBubblewrap(options, wrapWith));
  return {
    name: "bubblewrap",
    tested: true,
    holdsTree: true,
    loopback: "own",
    limits: LIMIT_NAMES,
    probe: async (): Promise<Probe> => (await probe()).probe,
    async wrap(command, policy) {
      const { features, probe: found } = await probe();
      if (features && found.works) return wrapWith(features, command, policy);
      const why = found.works ? "" : found.why;
      throw new HarnessError("sandbox-unavailable", `The sandbox bubblewrap does not work here: ${why}`);
    },
  };
}

const contents = new Map<string, MemoryFile>();

function openContent(key: string, content: () => Uint8Array): number {
  const file = contents.get(key) ?? createMemoryFile(content());
  contents.set(key, file);
  return file.open();
}

function wrapWith(features: Features, command: readonly string[], policy: SandboxPolicy): WrappedCommand {
  const { leaves, home, directory } = checkPolicy(policy);
  const { network, ports = [] } = policy;
  if (ports.length > 0) throw refuse("the ports of the machine are in no loopback of its own.");
  const descriptors: number[] = [];
  const close = () => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  const hold = (descriptor: number) => FIRST_DESCRIPTOR + descriptors.push(descriptor) - 1;
  try {
    const { plain, hidden } = splitEnvironment({ ...policy.environment, HOME: home ?? "/tmp" });
    const filter = seccompFilter(process.arch);
    const identity = policy.as ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const flags = bubblewrapArguments({
      features,
      network,
      directory,
      hidden,
      readsAll: policy.readsAll ?? false,
      system: systemMounts(network),
      leaves: leaves.map((leaf) => ({ ...leaf, descriptor: hold(openLeaf(leaf.path)) })),
      files: Object.entries(ownFiles(identity, network)).map(([path, text]) => ({
        path,
        descriptor: hold(openContent(text, () => new TextEncoder().encode(text))),
      })),
      filter: filter && hold(openContent("seccomp", () => filter)),
    });
    return {
      command: [features.program, ...flags, "--", ...limitCommand(command, policy.limits)],
      environment: plain,
      // Not the policy's: it may be shown inside alone.
      directory: "/",
      descriptors,
      as: policy.as,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
