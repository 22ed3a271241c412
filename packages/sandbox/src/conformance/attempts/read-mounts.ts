import { lstatSync, readFileSync } from "node:fs";

export interface Mount {
  readonly point: string;
  readonly writable: boolean;
  readonly type: string;
}

/** What is mounted where this process is, devices aside. */
export function readMounts(): Mount[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , , point, options] = before.split(" ");
    const [type = ""] = after.split(" ");
    if (point === undefined || options === undefined) return [];
    const path = point.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
    return isDevice(path) ? [] : [{ point: path, writable: options.split(",").includes("rw"), type }];
  });
}

function isDevice(path: string): boolean {
  try {
    return lstatSync(path).isCharacterDevice();
  } catch {
    // Under another mount, or out of reach: it is told by its name.
    return false;
  }
}
