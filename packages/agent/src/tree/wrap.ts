import { spawn } from "node:child_process";

export type TreeMode = "namespace" | "sweep";

// The shell stays as the namespace's first process: it collects orphans, and its end ends all of them.
const FIRST_PROCESS = ["sh", "-c", '"$@"; exit $?', "sh"];

// This process may have ended before `setpriv` was told to watch for that: then nothing is begun.
const ONLY_IF_ALIVE = ["sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"'];

/**
 * The command in a process namespace of its own, tied to the life of this process: when this process ends, even by
 * SIGKILL, `setpriv` has the kernel kill `unshare`, `--kill-child` the namespace's first process, and with that
 * process the kernel kills the whole namespace, whatever it forked, detached or ignored.
 */
export function wrapInNamespace(command: readonly string[], root: boolean): string[] {
  const user = root ? [] : ["--user", "--map-current-user"];
  return [
    "setpriv",
    "--pdeathsig",
    "KILL",
    ...ONLY_IF_ALIVE,
    String(process.pid),
    "unshare",
    ...user,
    "--mount",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child",
    "--",
    ...FIRST_PROCESS,
    ...command,
  ];
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Tries the wrapper once: kernels, containers and old tools refuse it in too many ways to predict. */
export function probeNamespace(environment: Record<string, string>): Promise<TreeMode> {
  if (process.platform !== "linux") return Promise.resolve("sweep");
  // Only a first process of a working namespace with a /proc of its own knows itself as 1 there.
  const proof = 'read -r pid rest < /proc/self/stat && [ "$PPID" = 1 ] && exit 42';
  const [program = "", ...args] = wrapInNamespace(["sh", "-c", proof], isRoot());
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: "ignore",
      env: environment,
      cwd: "/",
      timeout: 5_000,
      killSignal: "SIGKILL",
    });
    child.once("error", () => resolve("sweep"));
    child.once("exit", (code) => resolve(code === 42 ? "namespace" : "sweep"));
  });
}
