import { spawn } from "node:child_process";

export type TreeMode = "namespace" | "sweep";

/** How a command is held together with what it starts. */
export interface Wrapping {
  readonly root: boolean;
  /** How many processes the namespace may have; see `boundsNamespaces`. */
  readonly processes?: number | undefined;
  /** The file by which a control group is joined. */
  readonly group?: string | undefined;
}

/** Once all numbers were used, the kernel keeps the first ones back. */
const RESERVED = 300;

// The shell stays as the namespace's first process: it collects orphans, and its end ends all of them.
const FIRST_PROCESS = 'cd -- "${1:?}" && unset OLDPWD && shift && "$@"; exit $?';
// Where memory is short, what a coding agent started is to end before what a person did.
const FIRST_TO_END = "echo 500 2>/dev/null >/proc/self/oom_score_adj; ";

// This process may have ended before `setpriv` was told to watch for that: then nothing is begun.
const IF_ALIVE = '[ "$PPID" = "$0" ] && ';
// And so may `unshare`, before the first process was told to watch for it. Whose child that is by now is known to the /proc
// of the machine alone, which the namespace's own has taken the place of; a shell that stands in it still sees it.
const IF_STILL_ITS_CHILD = 'read -r _ _ _ parent _ <self/stat && [ "$parent" = "$0" ] || exit 1; ';

/**
 * The command in a process namespace of its own, tied to the life of this process: when this process ends, even by
 * SIGKILL, `setpriv` has the kernel kill `unshare`, `--kill-child` the namespace's first process, and with that
 * process the kernel kills the whole namespace, whatever it forked, detached or ignored.
 */
export function wrapInNamespace(command: readonly string[], { root, processes, group }: Wrapping): string[] {
  const user = root ? [] : ["--user", "--map-current-user"];
  const bound = processes === undefined ? "" : `echo ${processes + RESERVED} >/proc/sys/kernel/pid_max; `;
  const join = group === undefined ? "" : `echo $$ >${quote(group)} && `;
  const first = `${IF_STILL_ITS_CHILD}${FIRST_TO_END}${bound}${FIRST_PROCESS}`;
  const flags = [...user, "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"].join(" ");
  return [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "sh",
    "-c",
    `${IF_ALIVE}${join}here=$PWD && cd /proc && exec unshare ${flags} -- sh -c ${quote(first)} "$$" "$here" "$@"`,
    String(process.pid),
    ...command,
  ];
}

/** A word as a shell takes it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

const HELD = 42;
const HELD_UNBOUND = 43;

export interface Probed {
  readonly mode: TreeMode;
  /** The namespace keeps to the number of processes that was asked for. */
  readonly bound: boolean;
}

/** Tries the wrapper once: kernels, containers and old tools refuse it in too many ways to predict. */
export function probeNamespace(environment: Record<string, string>, wrapping: Wrapping): Promise<Probed> {
  const { processes } = wrapping;
  if (process.platform !== "linux") return Promise.resolve({ mode: "sweep", bound: false });
  // Only a first process of a working namespace with a /proc of its own knows itself as 1 there.
  const bound = processes === undefined ? "false" : `[ "$(cat /proc/sys/kernel/pid_max)" = ${processes + RESERVED} ]`;
  const proof = `read -r pid rest < /proc/self/stat && [ "$PPID" = 1 ] && { ${bound} && exit ${HELD}; exit ${HELD_UNBOUND}; }`;
  const [program = "", ...args] = wrapInNamespace(["sh", "-c", proof], wrapping);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: "ignore",
      env: environment,
      cwd: "/",
      timeout: 5_000,
      killSignal: "SIGKILL",
    });
    child.once("error", () => resolve({ mode: "sweep", bound: false }));
    child.once("exit", (code) =>
      resolve({ mode: code === HELD || code === HELD_UNBOUND ? "namespace" : "sweep", bound: code === HELD }),
    );
  });
}
