import type { Leaf } from "../policy.ts";
import type { Features } from "./features.ts";

/** Of each place in memory that can be written. */
const TMP_BYTES = 1024 ** 3;

/** All but that of users. */
const SPACES = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"];

export interface Arguments {
  readonly features: Features;
  readonly network: "none" | "host";
  readonly directory: string;
  /** Mounts of the system, as bubblewrap takes them. */
  readonly system: readonly string[];
  /** With the descriptor that each one will have. */
  readonly leaves: readonly (Leaf & { readonly descriptor: number })[];
  /** Content that is at that descriptor. */
  readonly files: readonly { readonly path: string; readonly descriptor: number }[];
  readonly filter: number | null;
  readonly hidden: Readonly<Record<string, string>>;
  readonly readsAll: boolean;
}

/**
 * The wall, as flags. The root is empty; whatever is inside is named here. Variables stand in the environment of
 * bubblewrap itself and not among the flags, which every user of the machine can read.
 */
export function bubblewrapArguments(wanted: Arguments): string[] {
  const { features, network } = wanted;
  // A program that reads every file opens them by handle as well, wherever they are, unless the filter keeps it from that.
  const readsAll = wanted.readsAll && wanted.filter !== null;
  const size = features.size ? ["--size", String(TMP_BYTES)] : [];
  return [
    readsAll ? SPACES : ["--unshare-user", "--unshare-all"],
    network === "host" ? ["--share-net"] : [],
    features.disableUserns && !readsAll ? ["--disable-userns"] : [],
    ["--die-with-parent"],
    ["--new-session"],
    ["--cap-drop", "ALL"],
    readsAll ? ["--cap-add", "CAP_DAC_READ_SEARCH"] : [],
    ["--hostname", "harness"],
    wanted.system,
    ["--proc", "/proc"],
    // Of the machine's root bubblewrap leaves it open: what to start when a program crashes is said there.
    ["--ro-bind", "/proc/sys", "/proc/sys"],
    ["--dev", "/dev"],
    [...size, "--tmpfs", "/dev/shm"],
    // The rest of it is memory, too, and nothing bounds that.
    ["--remount-ro", "/dev"],
    [...size, "--tmpfs", "/tmp"],
    ...wanted.files.map(({ path, descriptor }) => ["--file", String(descriptor), path]),
    ...wanted.leaves.map((leaf) => mountLeaf(leaf, features.bindFd)),
    // After all that is mounted on it.
    ["--remount-ro", "/"],
    wanted.filter === null ? [] : ["--seccomp", String(wanted.filter)],
    ...Object.entries(wanted.hidden).map(([name, value]) => ["--setenv", name, value]),
    ["--chdir", wanted.directory],
  ].flat();
}

function mountLeaf(leaf: Leaf & { descriptor: number }, byDescriptor: boolean): string[] {
  const flag = leaf.writable ? "--bind" : "--ro-bind";
  // Without mounts by descriptor bubblewrap looks up, a moment before it mounts, where the handle's file is by then.
  if (byDescriptor) return [`${flag}-fd`, String(leaf.descriptor), leaf.path];
  return [flag, `/proc/self/fd/${leaf.descriptor}`, leaf.path];
}
