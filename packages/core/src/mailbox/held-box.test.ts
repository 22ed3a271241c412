import { chownSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create-session.ts";
import { sessionPaths, type SessionPaths } from "../layout/session-directory.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { sendMessage } from "./send.ts";

const isRoot = process.geteuid?.() === 0;
const prompt = { kind: "prompt", body: { text: "hello" } } as const;

async function makeSession(directory: string): Promise<SessionPaths> {
  const paths = sessionPaths(join(directory, "one"));
  await createSession(paths, { v: 1, id: "one", agent: { driver: "scripted" } });
  return paths;
}

test.each(["path", "tmp"] as const)("a link in the place of a mailbox's %s leads nowhere", async (part) => {
  await using directory = temporaryDirectory();
  const paths = await makeSession(directory.path);
  const elsewhere = join(directory.path, "elsewhere");
  mkdirSync(join(elsewhere, ".tmp"), { recursive: true });
  renameSync(paths.inbox[part], join(directory.path, "aside"));
  symlinkSync(elsewhere, paths.inbox[part]);
  await expect(sendMessage(paths, prompt)).rejects.toMatchObject({
    code: "session-damaged",
    details: { reason: "tampered" },
  });
  expect([readdirSync(elsewhere), readdirSync(join(elsewhere, ".tmp"))]).toEqual([[".tmp"], []]);
});

test.runIf(isRoot)("what root publishes, and makes for it, belongs to whom the mailbox belongs", async () => {
  await using directory = temporaryDirectory();
  const paths = await makeSession(directory.path);
  const [uid, gid] = [1_900_000_001, 1_900_000_002];
  renameSync(paths.inbox.tmp, join(directory.path, "aside"));
  for (const path of [paths.directory, paths.inbox.path]) chownSync(path, uid, gid);
  const { id } = await sendMessage(paths, prompt);
  const made = [join(paths.inbox.path, `${id}.msg`), paths.inbox.tmp].map((path) => statSync(path));
  expect(made.map((facts) => [facts.uid, facts.gid])).toEqual([
    [uid, gid],
    [uid, gid],
  ]);
});

test("a mailbox that is not there is made, and what is in it", async () => {
  await using directory = temporaryDirectory();
  const paths = await makeSession(directory.path);
  renameSync(paths.inbox.path, join(directory.path, "aside"));
  const { id } = await sendMessage(paths, prompt);
  expect(readdirSync(paths.inbox.path).toSorted()).toEqual([".tmp", `${id}.msg`]);
});
