import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { quote } from "../src/tree/wrap.ts";

export interface Task {
  readonly command: readonly string[];
  /** As a service to which a control group was left, or as a program to which none was. */
  readonly group: "left" | "root";
}

/** Somewhere a control group can be left to a session. */
export interface GroupPlace {
  readonly name: string;
  /** Runs them one after the other; what they told, where one failed. Nothing is shared with this machine but the directory. */
  run(directory: string, tasks: readonly Task[]): string | null;
}

const MOUNT = "/sys/fs/cgroup";
const UNIT = `${MOUNT}/harness-test-${process.pid}.scope`;
const RUN_MS = 240_000;

/** This machine where it lets us make groups; otherwise a Linux that runs as a program. Null where there is neither, which is said. */
export function findGroupPlace(): GroupPlace | null {
  const reason = refusesGroups();
  if (reason === null) return { name: "this machine", run: (_, tasks) => start("/bin/sh", ["-c", script(tasks)]) };
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  const kernel = directories.map((directory) => join(directory, "linux.uml")).find(isProgram);
  if (kernel !== undefined) return { name: "user-mode Linux", run: (...task) => runInside(kernel, ...task) };
  console.log(`NOT RUN: control groups (${reason}; and there is no linux.uml, which is in user-mode-linux)`);
  return null;
}

/** Why no group can be made on this machine; null where one can. */
function refusesGroups(): string | null {
  if (process.getuid?.() !== 0) return "root alone makes a group beside all others";
  try {
    const controllers = readFileSync(join(MOUNT, "cgroup.controllers"), "utf8").trim().split(" ");
    if (!["memory", "pids"].every((name) => controllers.includes(name))) return "they count no memory or no processes";
    mkdirSync(UNIT);
    rmdirSync(UNIT);
    return null;
  } catch (error) {
    return `none of version 2 can be made: ${(error as Error).message}`;
  }
}

/** As systemd leaves a group to a unit: its processes are in one below it. */
function script(tasks: readonly Task[]): string {
  const into = (group: string) => `echo $$ >${group}/cgroup.procs`;
  return [
    `echo '+memory +pids' >${MOUNT}/cgroup.subtree_control; mkdir -p ${UNIT}/main || exit 90`,
    `trap '${into(MOUNT)}; rmdir ${UNIT}/main ${UNIT}' EXIT`,
    ...tasks.map(({ command, group }) => {
      const place = group === "left" ? `${UNIT}/main` : MOUNT;
      return `${into(place)} && ${command.map(quote).join(" ")} || exit 91`;
    }),
  ].join("\n");
}

function start(program: string, args: readonly string[]): string | null {
  const run = spawnSync(program, args, { encoding: "utf8", timeout: RUN_MS, killSignal: "SIGKILL" });
  return run.status === 0 ? null : `${run.error?.message ?? run.status ?? run.signal}: ${run.stdout}${run.stderr}`;
}

/** Its root is this machine's, read-only, under memory of its own. */
function runInside(kernel: string, directory: string, tasks: readonly Task[]): string | null {
  const [init, ended] = [join(directory, "init"), join(directory, "ended")];
  const memory = ["/run", "/dev/shm", "/tmp"].map((place) => `mkdir -p ${place}; mount -t tmpfs tmpfs ${place}`);
  const lines = [
    "#!/bin/sh",
    "mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev",
    ...memory,
    `mount -t cgroup2 none ${MOUNT}`,
    `mkdir -p ${quote(directory)}; mount -t hostfs -o ${quote(directory)} none ${quote(directory)}`,
    `export PATH=${quote(process.env["PATH"] ?? "")} HOME=/tmp`,
    `/bin/sh -c ${quote(script(tasks))} >${quote(`${ended}.out`)} 2>&1; echo $? >${quote(ended)}`,
    "sync; echo o >/proc/sysrq-trigger; sleep 60",
  ];
  writeFileSync(init, `${lines.join("\n")}\n`, { mode: 0o755 });
  const root = ["mem=1536M", "rootfstype=hostfs", "rootflags=/", "ro"];
  const told = start(kernel, [...root, `init=${init}`, `uml_dir=${directory}`, "quiet", "con=null", "con0=null,fd:1"]);
  try {
    const code = readFileSync(ended, "utf8").trim();
    return code === "0" ? null : `exit code ${code}: ${readFileSync(`${ended}.out`, "utf8")}`;
  } catch {
    return `it did not come to an end: ${told}`;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
