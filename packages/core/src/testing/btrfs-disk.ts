import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool } from "./require-tool.ts";
import type { SmallDisk } from "./small-disk.ts";

/**
 * A new btrfs in a file, mounted where everybody sees it; null where this machine mounts no such thing, which is said as
 * `NOT RUN: btrfs`. That is a matter of the machine; its tools are required like any other.
 */
export async function btrfsDisk(options: { bytes?: number } = {}): Promise<SmallDisk | null> {
  if (!canMount()) return notRun();
  if (!requireTool("mkfs.btrfs") || !requireTool("btrfs")) return null;
  const directory = mkdtempSync(join(tmpdir(), "harness-btrfs-"));
  // For tests of what other users can do there.
  chmodSync(directory, 0o711);
  // `read` ends when our end of the pipe goes, however this process dies; then the disk goes, too.
  const script = `cd "$1" && truncate -s "$2" image && mkdir disk && mkfs.btrfs -q image >&2 && mount -o loop image disk || exit 1
echo mounted; read -r _; umount -l disk; rm -f image; rmdir disk; cd / && rmdir "$1"`;
  const args = ["-c", script, "sh", directory, String(options.bytes ?? 1024 ** 3)];
  const holder = spawn("sh", args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const [first] = (await Promise.race([once(holder.stdout, "data"), once(holder, "exit")])) as [unknown];
  if (!Buffer.isBuffer(first)) {
    rmSync(directory, { recursive: true, force: true });
    return notRun();
  }
  return {
    path: join(directory, "disk"),
    [Symbol.asyncDispose]: async () => {
      const ended = once(holder, "exit");
      holder.stdin.end();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function notRun(): null {
  console.log("NOT RUN: btrfs");
  return null;
}

// Root, a free loop device, and a kernel that knows btrfs.
function canMount(): boolean {
  const script = "losetup -f && { grep -qw btrfs /proc/filesystems || modprobe btrfs; }";
  return process.getuid?.() === 0 && spawnSync("sh", ["-c", script], { stdio: "ignore" }).status === 0;
}
