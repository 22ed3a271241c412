import type { Limits } from "../limits.ts";

/** Memory is not limited on macOS whatever is asked for, and processes are counted together with the person's own. */
export const SHELL_LIMITS = ["openFiles", "fileBytes", "cpuSeconds"] as const satisfies readonly (keyof Limits)[];

const BLOCK = 512;
const FLAGS: Record<(typeof SHELL_LIMITS)[number], (value: number) => string> = {
  openFiles: (value) => `-n ${value}`,
  fileBytes: (value) => `-f ${Math.ceil(value / BLOCK)}`,
  cpuSeconds: (value) => `-t ${value}`,
};

/** The command under limits of each process, where there is no `prlimit`. What cannot be set is lower already. Pure. */
export function limitByShell(command: readonly string[], limits: Limits = {}): string[] {
  const flags = SHELL_LIMITS.flatMap((name) => (limits[name] === undefined ? [] : [FLAGS[name](limits[name])]));
  const lines = ["-c 0", ...flags].map((flag) => `ulimit ${flag} 2>/dev/null`);
  return ["/bin/sh", "-c", `${lines.join("; ")}; exec "$@"`, "sh", ...command];
}
