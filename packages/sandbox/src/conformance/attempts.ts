import { lstatSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { markedProcesses } from "./marked-processes.ts";
import type { Stage } from "./stage.ts";

/** Something that a hostile program tries from inside. Harmless to the machine where no wall stops it. */
export interface Attempt {
  /** Permanent kebab name. */
  readonly name: string;
  /** Of the attack matrix. */
  readonly rows: readonly string[];
  readonly tries: string;
  readonly expected: string;
  /** For `sh`, started in the worktree. `$NODE` is a Node; words in capitals are places of the stage. */
  readonly script: string;
  /** What it came to when it got through; null when it did not. The output that holds the canary always did. */
  escaped?(stage: Stage, output: string): string | null;
  /** The whole sandbox is killed once its output says `ready`. */
  readonly killed?: true;
}

export interface AttemptResult {
  readonly name: string;
  readonly rows: readonly string[];
  readonly tries: string;
  readonly expected: string;
  readonly seen: string;
  readonly passed: boolean;
  readonly tookMs: number;
}

const connect = (target: string) => `"$NODE" -e '
  const socket = require("node:net").connect(${target});
  socket.on("data", (bytes) => process.stdout.write(bytes));
  socket.on("error", (error) => console.log(error.code));'`;

export const ATTEMPTS: readonly Attempt[] = [
  {
    name: "read-own-token",
    rows: ["A34", "A38"],
    tries: "read the token and the context of its own session",
    expected: "not there",
    script: 'cat "$SESSION/token" "$SESSION/context.json"; ls -a "$SESSION"',
  },
  {
    name: "read-other-session",
    rows: ["A38"],
    tries: "read another session's token and worktree",
    expected: "not there",
    script: 'cat "$OTHER/token" "$OTHER/worktree/secret.txt"; ls "$ROOT/sessions"; cat ../../other/token',
  },
  {
    name: "read-home-of-person",
    rows: ["A17", "A38"],
    tries: "read a person's keys and repository",
    expected: "not there",
    script: 'cat "$PERSON/.ssh/id_ed25519" "$PERSON/project/.git/config"; grep -rs canary- "$ROOT"',
  },
  {
    name: "read-through-link",
    rows: ["A01", "A38"],
    tries: "read another session's token through a link in its own worktree",
    expected: "the link leads nowhere",
    script: 'ln -s "$OTHER/token" link && cat link; ln "$OTHER/token" hard && cat hard',
  },
  {
    name: "read-processes",
    rows: ["A35", "A38"],
    tries: "read the environment, files and memory maps of processes outside",
    expected: "no process but its own is seen",
    script: 'cat /proc/[0-9]*/environ | tr "\\0" "\\n"; ls /proc/[0-9]*/fd /proc/[0-9]*/root/ 2>&1; ps ax -ww -o args',
    escaped: ({ bystander }, output) =>
      output.includes(`/proc/${bystander.pid}/`) ? "a process outside was seen" : null,
  },
  {
    name: "signal-outside",
    rows: ["A45"],
    tries: "kill a process outside",
    expected: "it lives on",
    script: 'kill -9 "$BYSTANDER"; "$NODE" -e "process.kill($BYSTANDER, 9)"; true',
    escaped: ({ bystander }) => (bystander.signalCode === null ? null : "the process outside is dead"),
  },
  {
    name: "write-borrowed-objects",
    rows: ["A17", "A24"],
    tries: "change the objects that every session of the repository borrows",
    expected: "read-only",
    script: [
      'chmod -R u+w "$OBJECTS"',
      'echo poison > "$OBJECTS/pack/pack-1.pack"',
      'ln "$OBJECTS/pack/pack-1.pack" borrowed && chmod u+w borrowed && echo poison > borrowed',
      'mv "$OBJECTS/pack/pack-1.pack" "$OBJECTS/pack/gone"',
      'touch "$OBJECTS/new"',
      'mount -o remount,rw "$OBJECTS" && echo poison > "$OBJECTS/pack/pack-1.pack"',
    ].join("; "),
    escaped: ({ objects }) => {
      const pack = join(objects, "pack/pack-1.pack");
      if (existsSync(join(objects, "new"))) return "a file was made there";
      if (!existsSync(pack)) return "the pack is gone";
      return readFileSync(pack, "utf8") === "what everybody borrows" ? null : "the pack was changed";
    },
  },
  {
    name: "write-outside",
    rows: ["A38", "A43"],
    tries: "leave a file with another session and in the person's home",
    expected: "nothing arrives",
    script:
      'echo run-me > "$OTHER/planted"; echo run-me > "$PERSON/.bashrc"; mkdir -p "$PERSON" && echo x > "$PERSON/.bashrc"',
    escaped: ({ otherSession, person }) =>
      existsSync(join(otherSession, "planted")) || existsSync(join(person, ".bashrc")) ? "a file was left" : null,
  },
  {
    name: "replace-worktree",
    rows: ["A02", "A42"],
    tries: "put a link in the place of its own worktree",
    expected: "the place cannot be moved",
    script: 'cd / && mv "$WORKTREE" "$WORKTREE.gone"; ln -sfn "$PERSON" "$WORKTREE.gone"; rmdir "$WORKTREE"; true',
    escaped: ({ session }) =>
      lstatSync(session.worktree, { throwIfNoEntry: false })?.isDirectory() === true &&
      !existsSync(`${session.worktree}.gone`)
        ? null
        : "the worktree was replaced",
  },
  {
    name: "connect-tcp",
    rows: ["A33", "A39"],
    tries: "reach a server on the machine's loopback",
    expected: "no way there",
    script: connect("Number(process.env.TCP_PORT), `127.0.0.1`"),
  },
  {
    name: "send-udp",
    rows: ["A39"],
    tries: "send a datagram to a server on the machine's loopback",
    expected: "it does not arrive",
    script: `"$NODE" -e '
      const socket = require("node:dgram").createSocket("udp4");
      socket.send("datagram", Number(process.env.UDP_PORT), "127.0.0.1", () => socket.close());'; sleep 0.1`,
    escaped: ({ received }) => (received.includes("datagram") ? "the datagram arrived" : null),
  },
  {
    name: "see-network",
    rows: ["A39"],
    tries: "find a device that leads out of the machine",
    expected: "loopback alone",
    script: "cat /proc/net/dev",
    escaped: (_, output) => (/^ *(?!lo:)\w+[^ ]*:/m.test(output) ? "there are other devices" : null),
  },
  {
    name: "connect-socket",
    rows: ["A38", "A39"],
    tries: "reach another session's socket",
    expected: "not there",
    script: connect("process.env.SOCKET"),
  },
  {
    name: "gain-privileges",
    rows: ["A44"],
    tries: "make namespaces, mount, and be more than it was",
    expected: "refused",
    script: [
      "unshare --user --map-root-user true && echo got-namespace",
      // In its own home, and taken away at once: it must do no harm where it works.
      'mkdir -p "$HOME/mounted" && mount -t tmpfs none "$HOME/mounted" && echo got-mount && umount "$HOME/mounted"',
      "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status",
    ].join("; "),
    escaped: (_, output) => {
      if (/got-/.test(output)) return "a namespace or a mount was made";
      if (!/^NoNewPrivs:\s*1$/m.test(output)) return "programs can give it new privileges";
      if (!/^CapEff:\s*0+$/m.test(output) || !/^CapBnd:\s*0+$/m.test(output)) return "it has capabilities";
      return /^Seccomp:\s*2$/m.test(output) ? null : "no system call is refused";
    },
  },
  {
    name: "survive",
    rows: ["A45", "F41"],
    tries: "go on after the end, in a session of its own that ignores signals",
    expected: "no process is left within a second",
    script: [
      `(setsid sh -c 'trap "" TERM HUP INT; sleep 1000 & wait; sleep 1000' </dev/null >/dev/null 2>&1 &)`,
      "sleep 0.1; echo ready; sleep 1000",
    ].join("; "),
    killed: true,
    escaped: ({ mark }) => {
      const left = markedProcesses(mark);
      return left.length === 0 ? null : `${left.length} processes live on`;
    },
  },
];
