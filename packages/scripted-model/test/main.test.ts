import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ask } from "./clients.ts";

const main = join(import.meta.dirname, "../src/main.ts");

function start(...argv: string[]): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const child = spawn(process.execPath, [main, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function writeScript(content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "scripted-model-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "script.json");
  await writeFile(path, content);
  return path;
}

const script = JSON.stringify({ scenarios: [{ name: "x", replies: [[{ text: "Hello." }]] }] });

test("the program prints its URL, serves those with a key, and ends when told to", async () => {
  const child = start("--script", await writeScript(script), "--key", "one", "--key", "two");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const url = line.toString().trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const [key, status] of [
    ["one", 200],
    ["two", 200],
    ["three", 401],
  ] as const)
    expect((await ask({ url, wire: "anthropic", key }, { lines: [{ user: "Hi." }] })).status).toBe(status);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("the program keeps a log of the requests that are over", async () => {
  const path = await writeScript(script);
  const child = start("--script", path, "--log", `${path}.log`);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  await ask({ url: line.toString().trim(), wire: "gemini" }, { lines: [{ user: "Hi." }] });
  const log = () => readFile(`${path}.log`, "utf8").catch(() => "");
  await expect.poll(log).toContain("\n");
  expect(JSON.parse(await log())).toMatchObject({ wire: "gemini", said: ["Hi."], scenario: "x", status: 200 });
});

test.for<[string, string[], number, string]>([
  ["no script", [], 2, "--script is missing"],
  ["an unknown option", ["--fast"], 2, "Unknown option '--fast'"],
  ["a port that is none", ["--script", "x", "--port", "high"], 2, "--port high is not a port"],
  ["a file that is not there", ["--script", "/nowhere/script.json"], 1, "ENOENT"],
])("%s is said and the program ends", async ([, argv, code, says]) => {
  const child = start(...argv);
  const [complaint, [exitCode]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(exitCode).toBe(code);
  expect(complaint).toContain(says);
});

test("a script that is wrong is said with its place", async () => {
  const child = start("--script", await writeScript('{"scenarios":[{"name":"x","replies":[[{"shout":1}]]}]}'));
  const [complaint] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(complaint).toContain("scenarios[0].replies[0][0]");
});
