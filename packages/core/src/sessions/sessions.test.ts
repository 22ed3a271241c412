import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stateRoot } from "../layout/state-root.ts";
import type { SessionSpec } from "../schema/session.ts";
import { requireTool, smallDisk, temporaryDirectory } from "../testing/index.ts";
import { createSession } from "./create-session.ts";
import { listSessionIds } from "./list-sessions.ts";
import { readSession, readSpec } from "./read-session.ts";
import { resolveSession } from "./resolve-session.ts";

const spec = (id: string, part: Partial<SessionSpec> = {}): SessionSpec => ({
  v: 1,
  id,
  agent: { driver: "command" },
  ...part,
});

test("a new session has its own directory, closed to others, and its token for nobody else", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  const paths = root.session("abc");
  await createSession(paths, spec("abc", { task: "t" }), { token: "secret", goal: "g", plan: ["p"] });
  const view = readSession(paths);
  expect(view).toMatchObject({ id: "abc", status: null, alive: false, heartbeatAt: null, damaged: [] });
  expect(view.spec).toEqual(spec("abc", { task: "t" }));
  expect(view.context).toEqual({ v: 1, session: "abc", goal: "g", plan: ["p"] });
  expect(statSync(paths.directory).mode & 0o777).toBe(0o700);
  expect(statSync(paths.token).mode & 0o777).toBe(0o600);
  expect(readdirSync(root.sessions)).toEqual(["abc"]);
});

test("a session is made once, and not under another name than its own", async () => {
  await using directory = temporaryDirectory();
  const paths = stateRoot(directory.path).session("abc");
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => createSession(paths, spec("abc"), { goal: "g" })));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled").length).toBe(1);
  await expect(createSession(paths, spec("abc"))).rejects.toMatchObject({ code: "session-exists" });
  const other = stateRoot(directory.path).session("other");
  await expect(createSession(other, spec("abc"))).rejects.toMatchObject({ code: "session-damaged" });
  expect(readdirSync(join(directory.path, "sessions"))).toEqual(["abc"]);
});

test("a full disk makes no session and leaves no part of one", async () => {
  if (!requireTool("mount")) return;
  await using disk = await smallDisk({ bytes: 64 * 1024, inodes: 10 });
  const root = stateRoot(disk.path);
  await expect(createSession(root.session("abc"), spec("abc"), { goal: "g" })).rejects.toMatchObject({
    code: "storage-full",
  });
  expect(readdirSync(root.sessions)).toEqual([]);
});

test("a directory made by hand is a session; what was asked comes from its name and its context", async () => {
  await using directory = temporaryDirectory();
  const paths = stateRoot(directory.path).session("by-hand");
  mkdirSync(paths.directory, { recursive: true });
  writeFileSync(paths.context, '{"goal": "say hello", "plan": []}');
  expect(readSpec(paths)).toEqual({ v: 1, id: "by-hand", task: "say hello", agent: { driver: "default" } });
  expect(readSession(paths)).toMatchObject({ spec: { task: "say hello" }, context: { v: 1, plan: [] }, damaged: [] });
  expect(() => readSpec(stateRoot(directory.path).session("absent"))).toThrow(
    expect.objectContaining({ code: "session-not-found" }),
  );
});

test("one damaged session never hides the others, and its damage is named part by part", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  for (const id of ["good", "damaged", "newer", "odd"]) await createSession(root.session(id), spec(id), { goal: id });
  const damaged = root.session("damaged");
  writeFileSync(damaged.spec, "");
  writeFileSync(damaged.status, "\0\0\0");
  writeFileSync(damaged.context, '{"goal":');
  writeFileSync(root.session("newer").context, '{"v":9}');
  rmSync(root.session("odd").context);
  mkdirSync(root.session("odd").context);
  symlinkSync("/dev/zero", root.session("odd").status);
  const views = Object.fromEntries(listSessionIds(root).map((id) => [id, readSession(root.session(id))]));
  expect(Object.keys(views)).toEqual(["damaged", "good", "newer", "odd"]);
  const parts = (id: string) => views[id]?.damaged.map(({ part }) => part).toSorted();
  expect(parts("good")).toEqual([]);
  expect(parts("damaged")).toEqual(["context.json", "session.json", "status.json"]);
  expect(views["damaged"]?.spec).toBeNull();
  expect(parts("newer")).toEqual(["context.json"]);
  expect(views["newer"]?.damaged[0]?.problem).toContain("version 9");
  expect(parts("odd")).toEqual(["context.json", "status.json"]);
  expect(views["good"]?.context?.goal).toBe("good");
});

test("a root that vanished is lost storage, not a root without sessions", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "root"));
  expect(() => listSessionIds(root)).toThrow(expect.objectContaining({ code: "storage-lost" }));
  mkdirSync(root.run.path, { recursive: true });
  expect(listSessionIds(root)).toEqual([]);
  writeFileSync(root.run.sentinel, "{}");
  expect(() => listSessionIds(root)).toThrow(expect.objectContaining({ code: "storage-lost" }));
  mkdirSync(root.sessions);
  writeFileSync(join(root.sessions, "file"), "");
  mkdirSync(join(root.sessions, ".hidden.0123456789ab.new"));
  expect(listSessionIds(root)).toEqual([]);
  renameSync(root.path, `${root.path}-moved`);
  expect(() => listSessionIds(root)).toThrow(expect.objectContaining({ code: "storage-lost" }));
  expect(existsSync(root.path)).toBe(false);
});

test("an id, a name or an unambiguous beginning finds the session", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  await createSession(root.session("abcdef"), spec("abcdef", { name: "login" }));
  await createSession(root.session("abcxyz"), spec("abcxyz", { name: "abc" }));
  await createSession(root.session("abc-1"), spec("abc-1"));
  await createSession(root.session("ab"), spec("ab"));
  expect(resolveSession(root, "ab")).toBe("ab");
  expect(resolveSession(root, "abcd")).toBe("abcdef");
  expect(resolveSession(root, "login")).toBe("abcdef");
  // A name comes before a beginning.
  expect(resolveSession(root, "abc")).toBe("abcxyz");
  const failure = (text: string, code: string) =>
    expect(() => resolveSession(root, text)).toThrow(expect.objectContaining({ code }));
  failure("a", "id-ambiguous");
  failure("zz", "session-not-found");
  mkdirSync(root.archive);
  renameSync(root.session("abcdef").directory, join(root.archive, "abcdef"));
  for (const text of ["abcdef", "login"]) failure(text, "session-archived");
  for (const text of ["", "../abc", "%2e%2e", "a/b", "C:", "a\0", "/etc"]) failure(text, "id-invalid");
});
