import { readdirSync, readFileSync } from "node:fs";

const O_CLOEXEC = 0o2000000;

/**
 * The descriptors that this process was itself started with, or left open on purpose, and that every program it starts would
 * find open: one on a directory would be a way past any wall. What Node opens is never among them.
 */
export function inheritedDescriptors(): number[] {
  let all: string[];
  try {
    all = readdirSync("/proc/self/fdinfo");
  } catch {
    return [];
  }
  return all.map(Number).filter((descriptor) => descriptor > 2 && isInherited(descriptor));
}

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // It was the one that listed the directory.
    return false;
  }
}
