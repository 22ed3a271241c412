import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, it } from "vitest";
import { findMarked, sweepMarked } from "./sweep.ts";
import { isRoot, probeNamespace, quote, wrapInNamespace } from "./wrap.ts";

const ENVIRONMENT = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
const wrap = (...command: string[]) => wrapInNamespace(command, { root: isRoot() });
/** The machine may have no such namespace; then processes are swept. */
const { mode } = await probeNamespace(ENVIRONMENT, { root: isRoot() });
const ROUNDS = 150;

async function output(command: readonly string[], cwd: string): Promise<string> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd, env: ENVIRONMENT, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => void (said += chunk.toString()));
  await once(child, "close");
  return said;
}

it.runIf(mode === "namespace")(
  "starts a command where it was asked to, with its words and variables as they are",
  async () => {
    await using place = temporaryDirectory("harness it's here ");
    const said = await output(wrap("sh", "-c", 'pwd; echo "$1|$PPID|${OLDPWD-none}"', "sh", "it's $HOME"), place.path);
    expect(said).toBe(`${place.path}\nit's $HOME|1|none\n`);
  },
);

it.runIf(mode === "namespace")("leaves nothing where who starts it is killed in the first milliseconds", async () => {
  const mark = `HARNESS_RACE=${randomUUID()}`;
  const [name = "", value = ""] = mark.split("=");
  // `$$` is the one to be killed, in the place of this process.
  const words = wrap("sleep", "1000").map((word) => (word === String(process.pid) ? '"$$"' : quote(word)));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const parent = spawn("sh", ["-c", `${words.join(" ")} & wait`], {
        env: { ...ENVIRONMENT, [name]: value },
        stdio: "ignore",
        detached: true,
      });
      await sleep(round % 25);
      parent.kill("SIGKILL");
      await once(parent, "exit");
    }
    await until(() => findMarked([mark]).length === 0, { timeoutMs: 2_000, what: "everything has ended" });
  } finally {
    await sweepMarked([mark]);
  }
});
