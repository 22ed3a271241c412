import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { expect, it } from "vitest";

const program = createRequire(import.meta.url).resolve("@harness/sandbox/escape-pack.mjs");
const node = realpathSync(process.execPath);

interface Foreign {
  readonly session: string;
  readonly other: string;
  readonly stage: ChildProcess;
  /** What the stage has told so far. */
  told(): string;
}

/** Another system with two sessions, and a person who has set the targets up. */
async function openForeign(home: string): Promise<Foreign> {
  const [session, other] = ["a", "b"].map((name) => join(home, "tool", name)) as [string, string];
  for (const directory of [session, other]) mkdirSync(directory, { recursive: true });
  const stage = spawn(node, [program, "stage", "--session", session, "--other", other], {
    env: { HOME: home, PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  stage.stdout.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
  await until(() => text.includes("run now"));
  return { session, other, stage, told: () => text };
}

const RUN = ["escape-pack.mjs", "try", "escape-targets.json", "--results", "escape-results.jsonl"];

async function finish({ stage, told }: Foreign): Promise<{ code: number | null; verdicts: Record<string, string> }> {
  const code = await new Promise<number | null>((resolve) => stage.once("close", resolve));
  const lines = told().matchAll(/^(held|escaped|not tried) +(?:[AF]\d\d |control )+ ?([\w-]+): /gm);
  return { code, verdicts: Object.fromEntries(Array.from(lines, ([, verdict, id]) => [id, verdict])) };
}

it("a session of another system that has no wall is told so, and is left as it was", async () => {
  await using home = temporaryDirectory();
  const foreign = await openForeign(realpathSync(home.path));
  spawnSync(node, RUN, { cwd: foreign.session, env: { PATH: "/usr/bin:/bin" } });
  const { code, verdicts } = await finish(foreign);
  expect(code).toBe(1);
  expect(verdicts).toMatchObject({
    "read-other-session": "escaped",
    "read-home-of-person": "escaped",
    "connect-tcp": "escaped",
    "signal-outside": "escaped",
    "work-in-own-places": "held",
    "see-key-in-answer": "not tried",
    survive: "not tried",
  });
  expect([readdirSync(foreign.session), readdirSync(foreign.other), readdirSync(home.path)]).toEqual([
    [],
    [],
    ["tool"],
  ]);
});

it("a wall that lets everything be read, and keeps the network out, is told from one that does neither", async () => {
  if (!requireTool("bwrap")) return;
  await using home = temporaryDirectory();
  const foreign = await openForeign(realpathSync(home.path));
  const { session } = foreign;
  const wall = ["--ro-bind", "/", "/", "--bind", session, session, "--proc", "/proc", "--dev", "/dev"];
  spawnSync("bwrap", [...wall, "--unshare-all", "--chdir", session, "--", node, ...RUN], {
    env: { PATH: "/usr/bin:/bin" },
  });
  const { verdicts } = await finish(foreign);
  expect(verdicts).toMatchObject({
    "read-other-session": "escaped",
    "write-outside": "held",
    "connect-tcp": "held",
    "find-route": "held",
    "signal-outside": "held",
  });
});

it("what nobody saw outside is not called held", async () => {
  await using home = temporaryDirectory();
  const foreign = await openForeign(realpathSync(home.path));
  const run = spawnSync(node, RUN.slice(0, 3), {
    cwd: foreign.session,
    env: { PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
  expect(run.status).toBe(1);
  expect(run.stdout).toMatch(/^not tried .* plant-programs: /m);
  foreign.stage.kill("SIGTERM");
  expect((await finish(foreign)).code).toBe(130);
  expect(existsSync(join(foreign.session, "escape-targets.json"))).toBe(false);
});

it.each([
  [[], 2, "Outside, where the person is"],
  [["stage"], 2, "Outside, where the person is"],
  [["try", "targets.json", "--only", "read-own-records,no-such"], 2, "There is no attempt no-such."],
  [["try", "targets.json", "--fast"], 2, "Unknown option '--fast'"],
  [["try", "absent.json"], 1, "It could not be done: ENOENT"],
  [["stage", "--session", "absent"], 1, "It could not be done: ENOENT"],
])("%j is told what is wrong with it, and exits with %i", async (words, code, said) => {
  await using place = temporaryDirectory();
  const run = spawnSync(node, [program, ...words], { cwd: place.path, encoding: "utf8", env: { HOME: place.path } });
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status: code, stdout: "" });
  expect(run.stderr).toContain(said);
  expect(run.stderr).not.toMatch(/^ +at /m);
});
