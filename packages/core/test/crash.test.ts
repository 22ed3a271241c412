// Every system call of every step is a moment at which the machine may take the process away.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ClaimedMessage,
  ContextSchema,
  createSession,
  derivedMessageId,
  type Inbox,
  listSessionIds,
  openInbox,
  openOutbox,
  publishMessage,
  publishReport,
  readJsonFile,
  readSession,
  sessionPaths,
  type SessionPaths,
  stateRoot,
  writeJsonFile,
} from "../src/index.ts";
import { type CrashPoint, crashPoints, requireTool } from "../src/testing/index.ts";
import { bundleProgram } from "./bundle-program.ts";

const ID = "message-1";
const MESSAGE = `{"v":1,"kind":"prompt","createdAt":"2026-01-01T00:00:00.000Z","body":{"text":"do it once"}}`;
const LONGEST_MS = 120_000;

const place = mkdtempSync(join(tmpdir(), "harness-crash-"));
let program = "";
const strace = requireTool("strace");

beforeAll(async () => {
  program = await bundleProgram("mailbox-step.mjs", place);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Step {
  name: string;
  calls?: string[];
  before(paths: SessionPaths): Promise<void>;
  after(paths: SessionPaths, point: CrashPoint): Promise<void>;
}

async function killEverywhere(step: Step): Promise<CrashPoint[]> {
  return crashPoints({
    ...(step.calls === undefined ? {} : { calls: step.calls }),
    prepare: async () => {
      const root = stateRoot(mkdtempSync(join(place, `${step.name}-`)));
      const paths = root.session("session-1");
      if (step.name === "create") mkdirSync(root.sessions);
      else await createSession(paths, { v: 1, id: "session-1", agent: { driver: "command" } });
      await step.before(paths);
      return {
        command: [process.execPath, program, step.name, paths.directory],
        env: { MESSAGE },
        check: async (point) => {
          // Undisturbed, the step ends.
          expect(point.call ?? point.run.stdout).toBe(point.call ?? "done\n");
          await step.after(paths, point);
          rmSync(root.path, { recursive: true, force: true });
        },
      };
    },
  });
}

const publish = (paths: SessionPaths) => publishMessage(paths.inbox, { id: ID, bytes: Buffer.from(MESSAGE) });

async function claim(paths: SessionPaths): Promise<{ inbox: Inbox; claimed: ClaimedMessage }> {
  await publish(paths);
  const inbox = openInbox(paths.inbox);
  const [ready] = await inbox.scan();
  const claimed = await inbox.claim(ready!);
  return { inbox, claimed: claimed! };
}

/** What an agent process does that starts after the crash; counts how often the work is begun. */
async function handleAll(paths: SessionPaths): Promise<number> {
  const inbox = openInbox(paths.inbox);
  const outbox = openOutbox(paths.outbox);
  let begun = 0;
  const handle = async (found: ClaimedMessage) => {
    const id = derivedMessageId(basename(paths.directory), found.id, 0);
    let claimed = found;
    if (!outbox.has(id)) {
      begun += 1;
      claimed = await inbox.start(claimed.started ? await inbox.retry(claimed) : claimed);
      const createdAt = "2026-01-01T00:00:00.000Z";
      const body = { text: "done", stopReason: "end_turn" as const };
      await publishReport(paths.outbox, { v: 1, id, kind: "reply", replyTo: found.id, createdAt, body });
    }
    await inbox.settle(claimed);
  };
  for (const claimed of await inbox.recover()) await handle(claimed);
  for (const ready of await inbox.scan()) {
    const claimed = await inbox.claim(ready);
    if (claimed !== null) await handle(claimed);
  }
  return begun;
}

/** In a copy of the session, nobody tries to send again: what was published is handled, and nothing else. */
async function expectHandledWithoutRetry(original: SessionPaths): Promise<void> {
  const copy = sessionPaths(join(mkdtempSync(join(place, "copy-")), basename(original.directory)));
  cpSync(original.directory, copy.directory, { recursive: true });
  const published = names(copy.inbox.path).length;
  expect(await handleAll(copy)).toBe(published);
  expect(names(copy.outbox.path).length).toBe(published);
}

/** The process was killed at these calls, and perhaps at more. */
function expectPoints(points: CrashPoint[], calls: string[]): void {
  const hit = points.map((point) => point.call);
  for (const call of calls) {
    const index = hit.indexOf(call);
    expect([call, index >= 0]).toEqual([call, true]);
    hit.splice(index, 1);
  }
}

function expectHandledOnce(paths: SessionPaths): void {
  expect(names(paths.inbox.path)).toEqual([]);
  expect(names(paths.inbox.claimed)).toEqual([]);
  expect(names(paths.inbox.bad)).toEqual([]);
  expect(names(paths.inbox.done)).toEqual([`${ID}.msg`]);
  expect(readFileSync(join(paths.inbox.done, `${ID}.msg`), "utf8")).toBe(MESSAGE);
  expect(names(paths.outbox.path)).toEqual([`${derivedMessageId("session-1", ID, 0)}.msg`]);
}

function names(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith(".")) : [];
}

describe.runIf(strace)("killed at any system call", () => {
  test(
    "a publisher leaves no message or the whole one, and a retry changes nothing",
    { timeout: LONGEST_MS },
    async () => {
      const points = await killEverywhere({
        name: "publish",
        before: async () => {},
        after: async (paths) => {
          for (const name of names(paths.inbox.path)) {
            expect(readFileSync(join(paths.inbox.path, name), "utf8")).toBe(MESSAGE);
          }
          await expectHandledWithoutRetry(paths);
          await publish(paths);
          expect(await publish(paths)).toBe("duplicate");
          expect(await handleAll(paths)).toBe(1);
          expectHandledOnce(paths);
          expect(await publish(paths)).toBe("duplicate");
          expect(await handleAll(paths)).toBe(0);
        },
      });
      expectPoints(points, ["fsync", "fsync", "link", "openat", "pwrite64", "unlink"]);
    },
  );

  test("a claim is made or not made, and the work is begun once afterwards", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "claim",
      before: async (paths) => void (await publish(paths)),
      after: async (paths) => {
        expect(await handleAll(paths)).toBe(1);
        expectHandledOnce(paths);
      },
    });
    expectPoints(points, ["fsync", "fsync", "rename"]);
  });

  test("a start is on the disk or was not made", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "start",
      before: async (paths) => void (await claim(paths)),
      after: async (paths) => {
        expect(names(paths.inbox.claimed).length).toBe(1);
        expect(await handleAll(paths)).toBe(1);
        expectHandledOnce(paths);
      },
    });
    expectPoints(points, ["fsync", "rename"]);
  });

  test("a retry counts once or not at all, and never loses the message", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "retry",
      before: async (paths) => {
        const { inbox, claimed } = await claim(paths);
        await inbox.start(claimed);
      },
      after: async (paths) => {
        const [claimed, ...more] = await openInbox(paths.inbox).recover();
        expect(more).toEqual([]);
        expect([1, 2]).toContain(claimed?.attempt);
        expect(claimed?.started).toBe(claimed?.attempt === 1);
        await handleAll(paths);
        expectHandledOnce(paths);
      },
    });
    expectPoints(points, ["fsync", "rename"]);
  });

  test("a reply is published once and its message settled once", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "settle",
      before: async (paths) => {
        const { inbox, claimed } = await claim(paths);
        await inbox.start(claimed);
      },
      after: async (paths) => {
        await handleAll(paths);
        expectHandledOnce(paths);
      },
    });
    expectPoints(points, ["fsync", "fsync", "fsync", "fsync", "link", "rename"]);
    expect(points.length).toBeGreaterThan(8);
  });

  test("a rejected message is still claimed, or in .bad with its reason", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "reject",
      before: async (paths) => void (await claim(paths)),
      after: async (paths) => {
        const moved = names(paths.inbox.bad).filter((name) => name.endsWith(".msg"));
        expect([...names(paths.inbox.claimed), ...moved].length).toBe(1);
        const reasons = moved.map((name) => readFileSync(join(paths.inbox.bad, `${name}.reason.txt`), "utf8"));
        expect(reasons).toEqual(moved.map(() => "poison: for this test\n"));
      },
    });
    expectPoints(points, ["fsync", "openat", "pwrite64", "rename"]);
  });

  test(
    "a state file is the old one or the new one, and one generation is always sound",
    { timeout: LONGEST_MS },
    async () => {
      const points = await killEverywhere({
        name: "state",
        before: (paths) => writeJsonFile(paths.context, { v: 1, goal: "old" }),
        after: async (paths, point) => {
          const file = await readJsonFile(paths.context, ContextSchema, { previous: paths.contextPrevious });
          expect(file?.problem).toBeUndefined();
          expect(point.call === null ? ["new"] : ["old", "new"]).toContain(file?.value.goal);
          await writeJsonFile(paths.context, { v: 1, goal: "newer" }, { keepPrevious: paths.contextPrevious });
          const previous = await readJsonFile(paths.contextPrevious, ContextSchema);
          expect(previous?.value.goal).toBe(file?.value.goal);
        },
      });
      expectPoints(points, ["fsync", "link", "openat", "pwrite64", "rename"]);
    },
  );

  test("a session is whole or not there", { timeout: LONGEST_MS }, async () => {
    const points = await killEverywhere({
      name: "create",
      // What is inside the hidden directory does not show; these calls decide when it does.
      calls: ["link", "rename"],
      before: async () => {},
      after: async (paths) => {
        const root = stateRoot(join(paths.directory, "..", ".."));
        const ids = listSessionIds(root);
        const spec = { v: 1 as const, id: "session-1", agent: { driver: "command" } };
        if (ids.length === 0) await createSession(paths, spec, { token: "t", goal: "g" });
        const view = readSession(paths);
        expect(view.damaged).toEqual([]);
        expect(view.context?.goal).toBe("g");
        expect(readFileSync(paths.token, "utf8")).toBe("t\n");
      },
    });
    expectPoints(points, ["rename"]);
  });
});
