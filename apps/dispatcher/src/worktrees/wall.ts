import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ownerOf } from "@harness/core";
import { detectSandbox, type Limits, wrappedStdio } from "@harness/sandbox";

/** What a git that reads a session's bytes is shown: nothing else of the machine, and no network. */
export interface Wall {
  readonly readOnly: readonly string[];
  readonly readWrite: readonly string[];
  /** Of them, files of a session that has a user of its own. */
  readonly session?: string;
}

export interface WalledGit {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly stdio: readonly ["pipe" | "ignore", "pipe", "pipe", ...(number | "ignore")[]];
  close(): void;
}

export interface WallInput {
  readonly args: readonly string[];
  readonly wall: Wall;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly stdin: "pipe" | "ignore";
}

/** The system's own programs, which every sandbox shows. */
const SHOWN = ["/usr/", "/nix/store/", "/gnu/store/"];

/** As much as a pack may unpack to, and more than git needs in memory for the deltas of one. */
const LIMITS: Limits = { fileBytes: 8 * 1024 ** 3, dataBytes: 4 * 1024 ** 3 };

let detected: ReturnType<typeof detectSandbox> | undefined;

/** The sandbox of this machine, tried once; what did not work is tried again, because somebody may have installed it. */
export async function detectWall(): ReturnType<typeof detectSandbox> {
  const found = await (detected ??= detectSandbox());
  if (!found.probe.works) detected = undefined;
  return found;
}

let known: string | undefined;

/** What this process has found out of the sandbox by now, for those that it starts; where nothing, it looks for the next one. */
export function peekWall(): string | undefined {
  if (known === undefined) void detectWall().then(({ probe }) => (known = probe.works ? probe.found : undefined));
  return known;
}

/** Why git reads a session's bytes with no wall around it on this machine; null where there is one. */
export async function findWallGap(path: string | undefined): Promise<string | null> {
  const { sandbox, probe } = await detectWall();
  if (!probe.works) return probe.why;
  // Nobody could have git read without it where it turns out to be in git's way.
  if (!sandbox.tested) return `${sandbox.name} is not put around git until it has been tested.`;
  return isShown(path) ? null : "git is not one of the system's own programs.";
}

/** The call behind a wall; null where this machine has none, and git is started as it is. */
export async function wallGit(input: WallInput): Promise<WalledGit | null> {
  const { wall, environment, directory } = input;
  if ((await findWallGap(environment["PATH"])) !== null) return null;
  const { sandbox } = await detectWall();
  const wrapped = await sandbox.wrap(["git", ...input.args], {
    readOnly: wall.readOnly,
    readWrite: wall.readWrite,
    readsAll: isForeign(wall.session),
    directory,
    environment: { ...environment, TMPDIR: "/tmp" },
    network: "none",
    limits: { ...LIMITS, cpuSeconds: Math.ceil(input.timeoutMs / 1000) },
  });
  return { ...wrapped, stdio: wrappedStdio(wrapped, [input.stdin, "pipe", "pipe"] as const) };
}

// Root without its capabilities, as it is behind the wall, reads nothing of somebody who keeps their files to themselves.
function isForeign(session: string | undefined): boolean {
  if (session === undefined || process.geteuid?.() !== 0) return false;
  return (ownerOf(session)?.uid ?? 0) !== 0;
}

function isShown(path: string | undefined): boolean {
  for (const directory of (path ?? "").split(delimiter)) {
    const program = join(directory, "git");
    try {
      accessSync(program, constants.X_OK);
    } catch {
      continue;
    }
    return SHOWN.some((each) => realpathSync(program).startsWith(each));
  }
  // There is none; git says so better than the wall.
  return false;
}
