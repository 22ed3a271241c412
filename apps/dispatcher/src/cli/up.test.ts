import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { ChildProcess } from "node:child_process";
import { isSameProcess } from "@harness/core";
import { until } from "@harness/core/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collect, openCommandLine, type CommandLine } from "../../test/command-line.ts";
import { readDispatcher } from "../supervisor/singleton.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

const exited = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("close", resolve));

async function logIn(link: string): Promise<number> {
  const { origin, hash } = new URL(link);
  const code = new URLSearchParams(hash.slice(1)).get("code");
  const headers = { "Content-Type": "application/json", Origin: origin };
  return (await fetch(`${origin}/api/login`, { method: "POST", headers, body: JSON.stringify({ code }) })).status;
}

test("up stays in the foreground, tells where the page is, and ends on Ctrl-C", async () => {
  const child = line.start(["up", "--port", "0"]);
  const said = collect(child);
  const link = await until(() => /http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+/.exec(said().stdout)?.[0]);
  expect(said().stdout).toContain(line.root.path);
  expect(said().stdout).toContain("harness down");
  const record = readDispatcher(line.root);
  expect(record?.pid).toBe(child.pid);
  expect(await logIn(link)).toBe(200);
  expect(await logIn(link)).toBe(401);
  const ended = exited(child);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(said().stdout).toContain("Sessions go on without it.");
  expect(said().stderr).toBe("");
  expect(readDispatcher(line.root)).toBeNull();
});

test("a second up prints a fresh link and exits with 0", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  const record = readDispatcher(line.root);
  const again = await line.run(["up", "--port", "0"]);
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(again.stdout).toContain(`runs already at ${record?.url}`);
  const json = (await line.run(["up", "--json"])).json();
  expect(json).toMatchObject({ url: record?.url, pid: record?.pid, root: line.root.path, started: false });
  expect(await logIn(json.link)).toBe(200);
});

test("of five that start at the same time one runs and the others point to it", async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => line.run(["up", "--detach", "--port", "0", "--json"])));
  expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(all.map(() => [0, ""]));
  expect(new Set(all.map((ran) => ran.json().pid)).size).toBe(1);
});

test("down returns when the dispatcher is gone; sessions go on, unless --all", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  const id = (await line.run(["spawn", "x", "--no-repo", "--agent", "scripted"])).stdout.trim();
  await line.run(["wait", id]);
  const record = readDispatcher(line.root);
  const down = await line.run(["down", "--json"]);
  expect([down.code, down.json()]).toEqual([0, { stopped: true, pid: record?.pid }]);
  expect(record && isSameProcess(record)).toBe(false);
  const { pid } = (await line.run(["show", id, "--json"])).json();
  await line.run(["up", "--detach", "--port", "0"]);
  expect((await line.run(["show", id, "--json"])).json()).toMatchObject({ alive: true, pid });
  const all = await line.run(["down", "--all"]);
  expect([all.code, all.stdout]).toEqual([0, expect.stringContaining("1 agent processes ended.")]);
  expect((await line.run(["show", id, "--json"])).json().alive).toBe(false);
  await line.run(["up", "--detach", "--port", "0"]);
  const sent = await line.run(["send", id, "after the night", "--wait"]);
  expect([sent.code, sent.stdout]).toEqual([0, "after the night\n"]);
});

test("a dispatcher that does not answer is ended by a signal", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  writeFileSync(line.root.run.token, "not the token it knows\n");
  const down = await line.run(["down"]);
  expect([down.code, down.stderr]).toEqual([0, expect.stringContaining("gets a signal instead")]);
  expect(readDispatcher(line.root)).toBeNull();
});

test("a port that is taken is an error when it was asked for, and avoided when it was not", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  for (const words of [
    ["up", "--port", String(port)],
    ["up", "--detach", "--port", String(port)],
  ]) {
    const { code, stderr } = await line.run([...words, "--json"]);
    expect([code, JSON.parse(stderr).error.code]).toEqual([1, "port-in-use"]);
  }
  server.close();
  await using other = openCommandLine();
  const [one, two] = await Promise.all([line, other].map((root) => root.run(["up", "--detach", "--json"])));
  expect([one?.code, two?.code]).toEqual([0, 0]);
  expect(one?.json().url).not.toBe(two?.json().url);
});

test("a mistake in config.yaml is told with its line, in the foreground and from spawn", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  await line.run(["down"]);
  writeFileSync(line.root.config, "limits:\n  concurent: 3\n");
  for (const words of [["up"], ["up", "--detach"], ["spawn", "x", "--no-repo"]]) {
    const { code, stderr } = await line.run([...words, "--json"]);
    const { error } = JSON.parse(stderr);
    expect([words, code, error.code]).toEqual([words, 2, "config-invalid"]);
    expect(error.message).toMatch(/line 2: .*concurrent/);
  }
});

test("everything in run/ is the person's own", async () => {
  await line.run(["up", "--detach", "--port", "0"]);
  for (const path of [line.root.run.path, line.root.run.token, line.root.run.log, line.root.sessions]) {
    expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
  }
});

test("the admin token and login codes stand in no log and no argument", async () => {
  const json = (await line.run(["up", "--detach", "--port", "0", "--json"])).json();
  await logIn(json.link);
  const token = readFileSync(line.root.run.token, "utf8").trim();
  const code = json.link.split("code=")[1];
  const id = (await line.run(["spawn", "x", "--no-repo", "--agent", "scripted"])).stdout.trim();
  const own = readFileSync(line.root.session(id).token, "utf8").trim();
  await line.run(["wait", id]);
  const { pid } = (await line.run(["show", id, "--json"])).json();
  const places = [
    line.root.run.log,
    line.root.session(id).agentLog,
    line.root.session(id).events,
    ...[json.pid, pid].flatMap((one) => [`/proc/${one}/environ`, `/proc/${one}/cmdline`]),
  ];
  for (const place of places) {
    const text = readFileSync(place, "utf8");
    for (const secret of [token, code, own]) expect([place, text.includes(secret)]).toEqual([place, false]);
  }
});

test("a relative state root is the one below the current directory", async () => {
  const here = { directory: line.directory, env: { HARNESS_HOME: "state" } };
  expect((await line.run(["up", "--detach", "--port", "0", "--json"], here)).json().root).toBe(line.root.path);
  expect(readDispatcher(line.root)).not.toBeNull();
});

test("spawn starts a dispatcher when none runs, and says so", async () => {
  const { code, stdout, stderr } = await line.run(["spawn", "x", "--no-repo", "--agent", "scripted"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[a-z2-7]{10}\n$/)]);
  expect(stderr).toContain("The dispatcher runs at http://127.0.0.1:");
  rmSync(line.root.run.token);
});
