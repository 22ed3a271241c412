import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { createBubblewrap } from "@harness/sandbox";
import { execa } from "execa";
import type { Owner, StateRoot } from "@harness/core";
import type { Config } from "../config.ts";
import { workerProgram } from "../credentials/start-worker.ts";
import { findClosed, findClosedAbove } from "./closed-path.ts";
import { ID_RANGE, isMapped, type IdRange } from "./id-range.ts";
import type { Verdict } from "./verdict.ts";

const TRY_MS = 10_000;

const AS_ROOT =
  "Start Harness as root, with a state root that others can reach: `HARNESS_HOME=/var/lib/harness harness up`.";
const ELSEWHERE = "Choose a state root that others can reach, such as `HARNESS_HOME=/var/lib/harness`.";
const INSTALL = "Install Harness where every user can read it, such as /opt.";
const RANGE = "Name numbers that are there with `users: 30000-39999` in config.yaml.";

/** Of groups and others. */
const READ_AND_ENTER = 0o055;

const no = (why: string, hint: string): Verdict => ({ own: false, why, hint });

/** Whether there can be users of their own here: tried out, where nothing speaks against it from the start. */
export async function decideUsers({ root, config }: { root: StateRoot; config: Config }): Promise<Verdict> {
  const { users } = config;
  if (users === "one") return no("config.yaml says `users: one`.", "Take it out, or write `users: auto`.");
  if (process.platform !== "linux") return no("It takes Linux.", "Run Harness on Linux.");
  if (process.geteuid?.() !== 0) return no("Harness does not run as root, who alone can change users.", AS_ROOT);
  const range = users === "auto" ? ID_RANGE : users;
  const obstacle = findObstacle(root, config, range);
  return obstacle ?? (await tryAs({ uid: range.last, gid: range.last }, config)) ?? { own: true, range };
}

function findObstacle(root: StateRoot, config: Config, range: IdRange): Verdict | null {
  const maps = ["uid_map", "gid_map"].map((name) => readFileSync(`/proc/self/${name}`, "utf8"));
  if (!maps.every((map) => isMapped(range, map)))
    return no(`This container has no users ${range.first} to ${range.last}.`, RANGE);
  if ((readUmask() & READ_AND_ENTER) !== 0)
    return no("The umask of this process keeps what it makes from other users.", "Start Harness with `umask 022`.");
  const closed = findClosedRoot(root);
  if (closed !== null) return closed;
  const program = programs(config).flatMap((path) => findClosed(path) ?? [])[0];
  return program === undefined ? null : no(`Programs of Harness are closed to other users by ${program}.`, INSTALL);
}

// A state root that is new is opened by whoever makes it. One that is in use was closed on purpose, or by an earlier start.
function findClosedRoot(root: StateRoot): Verdict | null {
  const above = findClosedAbove(root.path);
  if (above !== null) return no(`The state root is closed to other users by ${above}.`, ELSEWHERE);
  const isUsed = statSync(root.run.sentinel, { throwIfNoEntry: false }) !== undefined;
  const closed = isUsed ? findClosed(root.path) : null;
  if (closed !== null) return no(`The state root is closed to other users: ${closed}.`, `chmod 711 ${root.path}`);
  return findClosedLink(root);
}

// What a person has linked here from elsewhere is theirs to open.
function findClosedLink(root: StateRoot): Verdict | null {
  const links = [root.path, root.sessions, root.hub, root.run.path].filter(
    (path) => existsSync(path) && lstatSync(path).isSymbolicLink(),
  );
  for (const path of links) {
    const closed = findClosed(path);
    if (closed !== null) return no(`${path} leads to where other users do not get: ${closed}.`, `chmod 711 ${path}`);
  }
  return null;
}

// process.umask() can only tell it by changing it for a moment.
function readUmask(): number {
  const [, umask = "0"] = /^Umask:\s*(\d+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number.parseInt(umask, 8);
}

/** What an agent process and a credential worker are started with. What is not there is told by who starts it. */
function programs({ agentCommand }: Config): string[] {
  const files = [process.execPath, workerProgram(), ...agentCommand.filter((word) => isAbsolute(word))];
  return files.filter((path) => existsSync(path));
}

async function tryAs(as: Owner, config: Config): Promise<Verdict | null> {
  const script = "for (const path of process.argv.slice(1)) require('node:fs').accessSync(path, 4)";
  const [started, asRoot, asUser] = await Promise.all([
    execa(process.execPath, ["-e", script, ...programs(config)], {
      ...as,
      cwd: "/",
      env: {},
      extendEnv: false,
      reject: false,
      timeout: TRY_MS,
    }),
    createBubblewrap().probe(),
    createBubblewrap({ as }).probe(),
  ]);
  if (started.exitCode !== 0) return no(`Nothing starts as another user here: ${lastLine(started)}`, INSTALL);
  // The better wall is the one around a coding agent. Where there is none, users are a wall all the same.
  if (asRoot.works && !asUser.works) return no(`The sandbox works for root alone: ${asUser.why}`, asUser.hint);
  return null;
}

function lastLine({
  stderr,
  shortMessage,
}: {
  stderr?: string | undefined;
  shortMessage?: string | undefined;
}): string {
  const lines = (stderr ?? "").trim().split("\n");
  return lines.findLast((line) => /Error/.test(line)) ?? shortMessage ?? "it ended at once.";
}
