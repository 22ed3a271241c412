import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How many processes of this control group the kernel has killed for want of memory; null where it does not say. */
export function countOomKills(): number | null {
  try {
    const group = /^0::(?<path>\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.groups?.["path"];
    if (group === undefined) return null;
    const events = readFileSync(join("/sys/fs/cgroup", group, "memory.events"), "utf8");
    const count = /^oom_kill (?<count>\d+)$/m.exec(events)?.groups?.["count"];
    return count === undefined ? null : Number(count);
  } catch {
    // No such file system, or none that this process may read.
    return null;
  }
}

/** What Node writes before it ends itself because its memory is used up. */
export function saysOutOfMemory(logTail: string): boolean {
  return /heap out of memory|process out of memory|Cannot allocate memory/i.test(logTail);
}
