import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namespaceFlags } from "./require-tool.ts";

export interface SmallDisk {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A tmpfs of so many bytes and inodes. It lives in a mount namespace of its own, reached through /proc, so that it needs
 * no root and goes with its holder. Needs `requireTool("mount")`.
 */
export async function smallDisk(options: { bytes: number; inodes?: number }): Promise<SmallDisk> {
  const place = mkdtempSync(join(tmpdir(), "harness-disk-"));
  const size = `size=${options.bytes}${options.inodes === undefined ? "" : `,nr_inodes=${options.inodes}`}`;
  // `read` ends when our end of the pipe goes, however this process dies.
  const script = `mount -t tmpfs -o ${size} harness "${place}" && echo mounted && read -r _`;
  const holder = spawn("unshare", [...namespaceFlags(), "sh", "-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [first] = (await Promise.race([once(holder.stdout, "data"), once(holder, "exit")])) as [unknown];
  if (!Buffer.isBuffer(first)) throw new Error(`No tmpfs could be mounted (unshare ended with ${String(first)}).`);
  return {
    path: `/proc/${holder.pid}/root${place}`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(holder, "exit");
      holder.stdin.end();
      await ended;
      rmSync(place, { recursive: true, force: true });
    },
  };
}
