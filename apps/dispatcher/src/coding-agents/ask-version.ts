import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE_MS = 10_000;
const OUTPUT_LIMIT = 64 * 1024;
const VERSION = /\d+\.\d+[\w.+-]*/;

/** What a program answers to `--version`, in a home of its own; null when it does not say. */
export async function askVersion(program: string, path: string): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), "harness-version-"));
  try {
    const env = { PATH: path, HOME: home, TMPDIR: home, LANG: "C.UTF-8" };
    const output = await new Promise<string>((resolve) => {
      const options = { cwd: home, env, timeout: PATIENCE_MS, killSignal: "SIGKILL", maxBuffer: OUTPUT_LIMIT } as const;
      const child = execFile(program, ["--version"], options, (error, stdout) => resolve(error ? "" : stdout));
      child.stdin?.end();
    });
    return VERSION.exec(output)?.[0].slice(0, 64) ?? null;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
