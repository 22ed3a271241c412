import type { Attempt } from "./attempt.ts";
import { CHANGES } from "./attempts/changes.ts";
import { CONTROLS } from "./attempts/controls.ts";
import { FILES } from "./attempts/files.ts";
import { KERNEL } from "./attempts/kernel.ts";
import { LATER } from "./attempts/later.ts";
import { LIMITS } from "./attempts/limits.ts";
import { MACHINE } from "./attempts/machine.ts";
import { MODEL } from "./attempts/model.ts";
import { MOUNTS } from "./attempts/mounts.ts";
import { NETWORK } from "./attempts/network.ts";
import { PROCESSES } from "./attempts/processes.ts";
import { PUSH } from "./attempts/push.ts";
import { SECRETS } from "./attempts/secrets.ts";

/** In this order: the last ones kill a bystander, leave traps and wait for the end. */
export const ATTEMPTS: readonly Attempt[] = [
  ...CONTROLS,
  ...FILES,
  ...SECRETS,
  ...CHANGES,
  ...MOUNTS,
  ...LIMITS,
  ...MACHINE,
  ...NETWORK,
  ...MODEL,
  ...PUSH,
  ...KERNEL,
  ...PROCESSES,
  ...LATER,
];
