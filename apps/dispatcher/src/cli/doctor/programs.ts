import { spawnSync } from "node:child_process";
import { isNewEnough, parseVersion } from "../../worktrees/require-git.ts";
import { broken, notTested, ok, weak, type Finding } from "./finding.ts";

const NODE = [22, 22] as const;
const PROBE_MS = 10_000;

export function findPrograms(platform: NodeJS.Platform): Finding[] {
  return [
    findNode(process.versions.node),
    findGit(),
    ...(platform === "linux" ? findLinuxPrograms() : []),
    findPlatform(platform),
  ];
}

export function findNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return ok("node", version);
  return broken("node", `${version} is too old.`, `Install Node ${NODE.join(".")} or newer.`);
}

function findGit(): Finding {
  const text = run("git", ["version"]);
  const version = text === null ? null : parseVersion(text);
  if (version === null) return broken("git", "There is no git on PATH.", "Install git 2.38 or newer.");
  return isNewEnough(version)
    ? ok("git", version)
    : broken("git", `${version} is too old.`, "Install git 2.38 or newer.");
}

function findLinuxPrograms(): Finding[] {
  const flock =
    run("flock", ["--version"]) === null
      ? broken("flock", "There is no flock on PATH, so sessions cannot be locked.", "Install util-linux.")
      : ok("flock", "sessions are locked by the kernel");
  return [flock, findProcessTree()];
}

// The same wrapping that an agent process gives its coding agent.
function findProcessTree(): Finding {
  const asUser = process.getuid?.() === 0 ? [] : ["--user", "--map-current-user"];
  const command = [
    "--pdeathsig",
    "KILL",
    "unshare",
    ...asUser,
    "--mount",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child",
    "--",
    "true",
  ];
  if (run("setpriv", command) !== null) return ok("process tree", "ends with its agent process, whatever it started");
  return weak(
    "process tree",
    "This system allows no process namespace: what a coding agent leaves behind is swept up after the turn instead.",
    "Install util-linux 2.36 or newer, and allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1).",
  );
}

function findPlatform(platform: NodeJS.Platform): Finding {
  if (platform === "linux") return ok("platform", `linux ${process.arch}`);
  return notTested(
    "platform",
    `${platform} ${process.arch}: locks, process trees and disk flushing were never run on this system.`,
  );
}

/** What a program prints; null when it is missing or says no. */
function run(command: string, args: string[]): string | null {
  const result = spawnSync(command, args, { encoding: "utf8", timeout: PROBE_MS, stdio: ["ignore", "pipe", "ignore"] });
  return result.status === 0 ? result.stdout.trim() : null;
}
