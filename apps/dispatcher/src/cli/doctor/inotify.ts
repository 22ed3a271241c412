import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { ok, weak, type Finding } from "./finding.ts";

const SCARCE = 0.8;

/** How many of this user's inotify instances are taken. Without one, messages are found by scanning: later, never lost. */
export function findInotify(): Finding {
  const name = "inotify";
  const limit = Number(read("/proc/sys/fs/inotify/max_user_instances"));
  if (!limit)
    return weak(
      name,
      "This system has none: messages are found by scans, at most two seconds late.",
      "Nothing needs to be done.",
    );
  const used = countInstances();
  const text = `${used} of ${limit} instances in use`;
  if (used < limit * SCARCE) return ok(name, text);
  return weak(
    name,
    `${text}: sessions without one find messages up to two seconds later.`,
    `sysctl fs.inotify.max_user_instances=${limit * 4}`,
  );
}

// Instances of processes that we may not look into belong to somebody else, and count against their limit.
function countInstances(): number {
  let count = 0;
  for (const pid of names("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of names(`/proc/${pid}/fd`)) {
      if (target(`/proc/${pid}/fd/${fd}`) === "anon_inode:inotify") count += 1;
    }
  }
  return count;
}

function names(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    // It ended meanwhile, or is not ours.
    return [];
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return "";
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux.
    return "";
  }
}
