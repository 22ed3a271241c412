import { spawnSync } from "node:child_process";

const OVERLAY =
  "mount -t tmpfs harness /mnt && mkdir /mnt/up /mnt/work /mnt/all && " +
  "mount -t overlay harness -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work /mnt/all";

const PROBES: Record<string, string[]> = {
  strace: ["strace", "-f", "-e", "inject=getppid:error=EPERM:when=1", "-o", "/dev/null", "true"],
  mount: ["unshare", ...namespaceFlags(), "sh", "-c", "mount -t tmpfs -o size=64k harness /mnt"],
  overlay: ["unshare", ...namespaceFlags(), "sh", "-c", OVERLAY],
  python3: ["python3", "-c", "import json, os, pathlib"],
};

/**
 * Whether a tool works on this machine. When it does not, prints `NOT RUN: <tool>`; where CI=true it throws, so that a
 * test cannot be left out unseen. `if (!requireTool("strace")) return;`
 */
export function requireTool(name: string): boolean {
  const [command = name, ...parameters] = PROBES[name] ?? ["sh", "-c", `command -v ${name}`];
  const result = spawnSync(command, parameters, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (result.status === 0) return true;
  const why = result.error?.message ?? result.stderr.trim().split("\n").at(-1) ?? "";
  return isMissing(name, why);
}

/** The same for what a test has tried by itself: `if (why !== null) return isMissing("users", why);` Always false. */
export function isMissing(name: string, why: string): false {
  console.log(`NOT RUN: ${name}`);
  if (process.env["CI"] === "true") throw new Error(`${name} is needed in CI and does not work: ${why}`);
  return false;
}

/** What makes a private mount namespace: root needs less. */
export function namespaceFlags(): string[] {
  return process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
}
