// What the disk refuses, and in which order things reach it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ContextSchema,
  createSession,
  publishMessage,
  readJsonFile,
  type SessionPaths,
  sessionPaths,
  writeJsonFile,
} from "../src/index.ts";
import { crashPoints, requireTool, runTraced } from "../src/testing/index.ts";
import { bundleProgram } from "./bundle-program.ts";

const MESSAGE = `{"v":1,"kind":"prompt","createdAt":"2026-01-01T00:00:00.000Z","body":{"text":"do it once"}}`;
const place = mkdtempSync(join(tmpdir(), "harness-faults-"));
const strace = requireTool("strace");
let program = "";

beforeAll(async () => {
  program = await bundleProgram("mailbox-step.mjs", place);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

async function newSession(): Promise<SessionPaths> {
  const paths = sessionPaths(join(mkdtempSync(join(place, "session-")), "session-1"));
  await createSession(paths, { v: 1, id: "session-1", agent: { driver: "command" } });
  return paths;
}

const command = (step: string, paths: SessionPaths) => [process.execPath, program, step, paths.directory];
const messages = (path: string) => (existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".msg")) : []);

describe.runIf(strace)("refused by the disk at any call", () => {
  test.each([
    ["ENOSPC", ["openat", "pwrite64", "link", "linkat"], "storage-full"],
    ["EDQUOT", ["pwrite64"], "storage-full"],
    ["EIO", ["fsync", "unlink", "unlinkat"], "storage-failed"],
  ])(
    "%s: publishing says so, and the same message can be sent again",
    { timeout: 120_000 },
    async (error, calls, code) => {
      const points = await crashPoints({
        calls,
        fault: `error=${error}`,
        prepare: async () => {
          const paths = await newSession();
          return {
            command: command("publish", paths),
            env: { MESSAGE },
            check: async ({ call, run }) => {
              expect(run.stdout).toMatch(call === null ? /^done/ : new RegExp(`^${code}: `));
              for (const name of messages(paths.inbox.path)) {
                expect(readFileSync(join(paths.inbox.path, name), "utf8")).toBe(MESSAGE);
              }
              // A file that could not be removed stays as litter; no other call leaves any.
              expect(readdirSync(paths.inbox.tmp).length).toBeLessThanOrEqual(call?.startsWith("unlink") ? 1 : 0);
              await publishMessage(paths.inbox, { id: "message-1", bytes: Buffer.from(MESSAGE) });
              expect(messages(paths.inbox.path)).toEqual(["message-1.msg"]);
              expect(readdirSync(paths.inbox.tmp)).toEqual([]);
            },
          };
        },
      });
      expect(points.length).toBeGreaterThan(0);
    },
  );

  test("a state file that cannot be written is the old one, whole", { timeout: 120_000 }, async () => {
    const points = await crashPoints({
      calls: ["pwrite64", "fsync", "link", "rename"],
      fault: "error=EIO",
      prepare: async () => {
        const paths = await newSession();
        await writeJsonFile(paths.context, { v: 1, goal: "old" });
        return {
          command: command("state", paths),
          check: async ({ call, run }) => {
            expect(run.stdout).toMatch(call === null ? /^done/ : /^storage-failed: /);
            const file = await readJsonFile(paths.context, ContextSchema, { previous: paths.contextPrevious });
            expect(file?.problem).toBeUndefined();
            expect(["old", "new"]).toContain(file?.value.goal);
            expect(readdirSync(paths.directory).filter((name) => name.endsWith(".tmp"))).toEqual([]);
          },
        };
      },
    });
    expect(points.length).toBeGreaterThan(4);
  });
});

describe.runIf(strace)("what is promised is on the disk first", () => {
  /** The calls of one step in their order, each as `call name`: temporary names shortened. */
  async function traceOf(step: string, paths: SessionPaths): Promise<string[]> {
    const calls = "trace=openat,pwrite64,fsync,link,linkat,unlink,unlinkat,rename,write";
    const run = await runTraced(command(step, paths), {
      strace: ["-y", "-e", calls],
      env: { MESSAGE, UV_THREADPOOL_SIZE: "1" },
    });
    expect(run.stdout).toBe("done\n");
    return run.trace.split("\n").flatMap((line) => describeCall(line, paths.directory));
  }

  function describeCall(line: string, directory: string): string[] {
    if (/ write\(1[<,]/.test(line)) return ["answer"];
    const call = /^\d+ +(pwrite64|fsync|link|unlink|rename)\w*\(/.exec(line)?.[1];
    const named = line.includes(directory) ? line.replaceAll(directory, "") : null;
    if (call === undefined || named === null) return [];
    const names = [...named.matchAll(/[<"](\/[^>"]*)[>"]/g)].map((found) =>
      found[1]!.replace(/\.[0-9a-f]{12}\b/, ".*"),
    );
    return [`${call} ${names.join(" ")}`];
  }

  test("a message: its bytes, then its name, then the answer", async () => {
    const paths = await newSession();
    expect(await traceOf("publish", paths)).toEqual([
      "pwrite64 /inbox/.tmp/message-1.*",
      "fsync /inbox/.tmp/message-1.*",
      "link /inbox/.tmp/message-1.* /inbox/message-1.msg",
      "unlink /inbox/.tmp/message-1.*",
      "fsync /inbox",
      "answer",
    ]);
  });

  test("a claim, a start and a settled message: the move, then both directories, then the answer", async () => {
    const paths = await newSession();
    // The note of how much was read promises nothing about a crash of the machine: it has no place in the order.
    const stepsOf = async (step: string) => (await traceOf(step, paths)).filter((call) => !call.includes(".read"));
    await publishMessage(paths.inbox, { id: "message-1", bytes: Buffer.from(MESSAGE) });
    expect(await stepsOf("claim")).toEqual([
      "rename /inbox/message-1.msg /inbox/.claimed/message-1.a1.msg",
      "fsync /inbox",
      "fsync /inbox/.claimed",
      "answer",
    ]);
    expect(await stepsOf("start")).toEqual([
      "rename /inbox/.claimed/message-1.a1.msg /inbox/.claimed/message-1.a1.started.msg",
      "fsync /inbox/.claimed",
      "answer",
    ]);
    const settled = await stepsOf("settle");
    // The reply is durable before its message is settled: a crash between the two finishes, it does not repeat.
    const move = settled.indexOf("rename /inbox/.claimed/message-1.a1.started.msg /inbox/.done/message-1.msg");
    expect(settled.slice(0, move).at(-1)).toBe("fsync /outbox");
    expect(settled.slice(move + 1)).toEqual(["fsync /inbox/.done", "fsync /inbox/.claimed", "answer"]);
  });

  test("a state file: its bytes, the generation before, its name, then the answer", async () => {
    const paths = await newSession();
    expect(await traceOf("state", paths)).toEqual([
      "pwrite64 /.context.json.*.tmp",
      "fsync /.context.json.*.tmp",
      "link /context.json /.context.prev.json.*.tmp",
      "rename /.context.prev.json.*.tmp /context.prev.json",
      "unlink /.context.prev.json.*.tmp",
      "rename /.context.json.*.tmp /context.json",
      "fsync ",
      "answer",
    ]);
  });
});
