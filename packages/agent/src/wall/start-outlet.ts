import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { readLines } from "../model/read-lines.ts";
import type { OutletLine, OutletStart, Refused } from "./outlet-line.ts";

const STDERR_LIMIT = 2_000;
/** How long it may take to end by itself. */
const END_MS = 1_000;

/** The process through which a session reaches the hosts of its list. */
export interface Outlet {
  /** It ended, by itself or not. */
  readonly ended: boolean;
  /** Resolves when it is gone, and its socket with it: one that is still ending would take the next one's away. */
  close(): Promise<void>;
}

export interface OutletWish extends OutletStart {
  /** The program. */
  readonly path: string;
  onRefused(refused: Refused & { readonly more?: number }): void;
  /** It ended, and nobody closed it. */
  onLost(why: string): void;
}

/** Starts an outlet, and does not wait until it serves: what comes before waits at the door. It ends with this process. */
export function startOutlet({ path, socket, hosts, onRefused, onLost }: OutletWish): Outlet {
  rmSync(socket, { force: true });
  // How the machine reaches its own network is in no variable that the session's process has.
  const child = spawn(process.execPath, [path], { detached: true, cwd: "/", env: {}, stdio: ["pipe", "pipe", "pipe"] });
  let ended = false;
  let closed = false;
  let errors = "";
  const gone = new Promise<void>((resolve) => {
    for (const event of ["exit", "error"]) child.once(event, () => resolve());
  });

  function end(why: string): void {
    if (ended) return;
    ended = true;
    child.kill("SIGKILL");
    if (!closed) onLost(why);
  }
  readLines(child.stdout, (text) => {
    const line = JSON.parse(text) as OutletLine;
    if (line.type === "failed") end(line.text);
    else if (line.type === "refused") onRefused(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-STDERR_LIMIT)));
  child.stdin.on("error", () => {});
  child.once("error", (error) => end(error.message));
  child.once("close", (code, signal) => end(`It ended with ${signal ?? code}. ${errors.trim()}`.trim()));
  child.stdin.write(`${JSON.stringify({ socket, hosts } satisfies OutletStart)}\n`);
  return {
    get ended() {
      return ended;
    },
    async close() {
      closed = true;
      child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
      await gone;
      clearTimeout(late);
    },
  };
}
