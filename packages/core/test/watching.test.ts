// Real processes and the real clock.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSession, sendMessage, type SessionPaths, sessionPaths } from "../src/index.ts";
import { requireTool, temporaryDirectory, until } from "../src/testing/index.ts";

const PROGRAMS = join(import.meta.dirname, "programs");

interface Line {
  id?: string;
  body?: { text?: string };
  why?: string;
  degraded?: string;
  scanned?: boolean;
  amendment?: string;
}

async function newSession(directory: string): Promise<SessionPaths> {
  const paths = sessionPaths(join(directory, "s1"));
  await createSession(paths, { v: 1, id: "s1", agent: { driver: "command" } });
  return paths;
}

/** A process that watches an inbox; what it says, line by line. */
async function startWatcher(command: string[]): Promise<Line[]> {
  const [file = "", ...parameters] = command;
  const child = spawn(file, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Line[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  await until(() => lines.some((line) => line.scanned));
  return lines;
}

const watcher = (paths: SessionPaths) => [process.execPath, join(PROGRAMS, "watch-inbox.mjs"), paths.directory];

test("a writer that pauses five seconds in the middle is heard once, whole", { timeout: 60_000 }, async () => {
  if (!requireTool("python3")) return;
  await using directory = temporaryDirectory();
  const paths = await newSession(directory.path);
  const lines = await startWatcher(watcher(paths));
  const writer = spawn("python3", [join(PROGRAMS, "slow-writer.py"), paths.inbox.path], { stdio: "inherit" });
  expect((await once(writer, "exit"))[0]).toBe(0);
  const messages = () => lines.filter((line) => line.id !== undefined);
  await until(() => messages().length >= 3, { timeoutMs: 20_000 });
  const texts = Object.fromEntries(messages().map((line) => [line.id, line.body?.text]));
  expect(texts).toEqual({
    envelope: "an envelope in two pieces",
    text: "first piece, second piece, third piece",
    "at-once": "written at once",
  });
  expect(messages().length).toBe(3);
  expect(lines.filter((line) => line.amendment !== undefined)).toEqual([]);
});

test(
  "with every inotify instance taken messages still come, by scanning, after one warning",
  { timeout: 60_000 },
  async () => {
    if (!requireTool("unshare")) return;
    await using directory = temporaryDirectory();
    const paths = await newSession(directory.path);
    // A user namespace has a limit of its own: here one instance, and another process has it.
    const script = `echo 1 > /proc/sys/user/max_inotify_instances
    "$1" -e 'fs.watch("/tmp"); fs.writeFileSync("${directory.path}/taken", ""); setInterval(() => {}, 1000)' &
    until [ -e "${directory.path}/taken" ]; do sleep 0.05; done; "$@"`;
    // Both processes go with the namespace's first one.
    const unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
    const lines = await startWatcher([...unshare, "sh", "-c", script, "sh", ...watcher(paths)]);
    await sendMessage(paths, { id: "m1", kind: "prompt", body: { text: "hello" } });
    const message = await until(() => lines.find((line) => line.id === "m1"));
    expect(message).toMatchObject({ why: "scan", body: { text: "hello" } });
    await until(() => lines.filter((line) => line.scanned).length >= 3);
    expect(lines.filter((line) => line.degraded !== undefined)).toEqual([{ degraded: "EMFILE" }]);
  },
);

test("with a watcher a message is heard long before the next scan", { timeout: 30_000 }, async () => {
  await using directory = temporaryDirectory();
  const paths = await newSession(directory.path);
  const lines = await startWatcher(watcher(paths));
  await sendMessage(paths, { id: "m1", kind: "prompt", body: { text: "hello" } });
  expect(await until(() => lines.find((line) => line.id === "m1"))).toMatchObject({ why: "hint" });
});
