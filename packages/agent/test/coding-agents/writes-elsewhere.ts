import { execFileSync } from "node:child_process";
import { temporaryDirectory } from "@harness/core/testing";

// Everything but the session's directory is a layer of its own over the real files: what is written there stays in it.
const LAYER = `set -e
place=$1 session=$2; shift 2
mount -t tmpfs harness "$place"
mkdir "$place/up" "$place/work" "$place/all"
mount -t overlay harness -o "lowerdir=/,upperdir=$place/up,workdir=$place/work" "$place/all"
for each in /proc /sys /dev; do mount --rbind "$each" "$place/all$each"; done
mount --bind "$session" "$place/all$session"
exec chroot "$place/all" sh -c 'cd "$0" && exec "$@"' "$session" "$@"`;

export interface WritesElsewhere {
  /** What is put before the command that is looked at. */
  readonly before: string[];
  /** What `pid` and its descendants wrote outside the session's directory. */
  files(pid: number): string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export function writesElsewhere(session: string): WritesElsewhere {
  const place = temporaryDirectory("harness-layer-");
  return {
    before: ["unshare", "--mount", "sh", "-c", LAYER, "sh", place.path, session],
    files(pid) {
      // Directories are copied up when something below them is written.
      const find = ["find", `${place.path}/up`, "!", "-type", "d", "-printf", "/%P\n"];
      const found = execFileSync("nsenter", [`--target=${pid}`, "--mount", "--", ...find], { encoding: "utf8" });
      return found.split("\n").filter((path) => path !== "");
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
