interface InDepth {
  /** Why it is there all the same. */
  readonly why: string;
  /** Somebody notices once capabilities are given, which it stands behind. */
  readonly behind?: "capabilities";
  /** For this user alone. */
  readonly unless?: "root";
}

const MOUNTS = "making mounts takes a capability, and there is none inside";
const MODULES = "the kernel asks for a capability of the whole machine, which nobody in a user namespace has";

/**
 * What no attempt notices when it alone is missing. This list may only shrink: whoever finds an attempt that notices takes
 * the line out.
 */
export const IN_DEPTH: Readonly<Record<string, InDepth>> = {
  "--cap-drop ALL": { why: "bubblewrap leaves capabilities to root alone; there it is noticed", unless: "root" },
  "--ro-bind /proc/sys": { why: "the kernel lets root alone change its settings; there it is noticed", unless: "root" },
  "refuse x32's calls": {
    why: "few kernels know them; those that do would take every refused call by its other number",
  },
  "refuse perf_event_open": { why: "some distributions refuse it first; where they do not, it is noticed" },
  "refuse move_mount": { why: MOUNTS, behind: "capabilities" },
  "refuse fsopen": { why: MOUNTS, behind: "capabilities" },
  "refuse fsmount": { why: MOUNTS, behind: "capabilities" },
  "refuse fspick": { why: MOUNTS, behind: "capabilities" },
  "refuse pivot_root": { why: MOUNTS, behind: "capabilities" },
  "refuse reboot": {
    why: "ending a process namespace takes a capability, and there is none inside",
    behind: "capabilities",
  },
  "refuse acct": { why: MODULES },
  "refuse init_module": { why: MODULES },
  "refuse finit_module": { why: MODULES },
  "refuse delete_module": { why: MODULES },
  "refuse kexec_load": { why: MODULES },
  "refuse kexec_file_load": { why: MODULES },
};
export const IN_DEPTH_LINES = 16;
