import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StateRoot } from "@harness/core";
import type { DispatcherRecord } from "../supervisor/singleton.ts";
import { bodyOf, connect } from "./client.ts";

/** A link that opens the page once: the code stands in the fragment, which no browser sends to any server. */
export async function loginLink(root: StateRoot, { url }: DispatcherRecord): Promise<string> {
  const { code } = await bodyOf(connect(root).login.code.$post());
  return `${url}/#code=${code}`;
}

/**
 * Shows a link in the person's browser. It goes through a file that only its owner can read, because arguments of programs
 * are visible to everybody on the machine. False when there is no browser to start.
 */
export async function openInBrowser(root: StateRoot, link: string): Promise<boolean> {
  const page = join(root.run.path, "open.html");
  writeFileSync(page, `<!doctype html><meta http-equiv="refresh" content="0;url=${link}"><title>Harness</title>\n`, {
    mode: 0o600,
  });
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(command, [page], { detached: true, stdio: "ignore" });
  const started = await new Promise<boolean>((resolve) => {
    child.once("spawn", () => resolve(true));
    child.once("error", () => resolve(false));
  });
  child.unref();
  return started;
}
