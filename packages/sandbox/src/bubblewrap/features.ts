import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What this copy of bubblewrap can do. */
export interface Features {
  readonly program: string;
  /** Mounts by an open handle instead of a path. */
  readonly bindFd: boolean;
  /** Forbids further user namespaces inside. */
  readonly disableUserns: boolean;
  /** A limit for the private /tmp. */
  readonly size: boolean;
}

/** The system's own copy first: what a person put in front of it on PATH may be anything. */
export function findBubblewrap(path: string): string | null {
  const directories = ["/usr/bin", "/bin", "/usr/local/bin", ...path.split(delimiter)];
  return directories.map((directory) => join(directory || "/", "bwrap")).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Reads what bubblewrap tells of itself. Throws where it cannot be started. */
export async function readFeatures(program: string): Promise<Features> {
  const help = await run(program, ["--help"]);
  const has = (flag: string) => new RegExp(`^ *${flag} `, "m").test(help);
  return {
    program,
    bindFd: has("--ro-bind-fd") && has("--bind-fd"),
    disableUserns: has("--disable-userns"),
    size: has("--size"),
  };
}

const SETUID = 0o4000;

/** Setuid copies before 0.11.2 let whoever may start them have what root has (CVE-2026-41163). */
export async function isUnsafeSetuid(program: string): Promise<boolean> {
  if ((statSync(program).mode & SETUID) === 0) return false;
  const [, major = "0", minor = "0", patch = "0"] =
    /(\d+)[.](\d+)[.](\d+)/.exec(await run(program, ["--version"])) ?? [];
  return Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch) < 11_002;
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: {}, cwd: "/", timeout: 5_000 }, (error, stdout, stderr) => {
      if (error) reject(error);
      else resolve(stdout + stderr);
    });
  });
}
