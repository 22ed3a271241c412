import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { findClosed, findClosedAbove } from "./closed-path.ts";
import { decideUsers } from "./decide.ts";

const isRoot = process.geteuid?.() === 0;

test("what keeps others out is named: the first directory on the way up that they cannot enter", async () => {
  await using directory = temporaryDirectory();
  const [outer, inner] = [join(directory.path, "outer"), join(directory.path, "outer/inner")];
  mkdirSync(inner, { recursive: true });
  chmodSync(directory.path, 0o711);
  for (const path of [outer, inner]) chmodSync(path, 0o711);
  expect([findClosed(inner), findClosedAbove(join(inner, "not/there/yet"))]).toEqual([null, null]);
  chmodSync(outer, 0o700);
  expect(findClosed(inner)).toBe(`${outer} (mode 0700)`);
  expect(findClosedAbove(join(inner, "not/there/yet"))).toBe(`${outer} (mode 0700)`);
  chmodSync(outer, 0o711);
  chmodSync(inner, 0o700);
  expect(findClosed(inner)).toBe(`${inner} (mode 0700)`);
  expect(findClosedAbove(inner)).toBeNull();
});

test("one user is used where config.yaml says so", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  expect(await decideUsers({ root, config: parseConfig("users: one") })).toMatchObject({
    own: false,
    why: "config.yaml says `users: one`.",
  });
});

test.runIf(!isRoot)("and where this is not root, who alone can change users", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  expect(await decideUsers({ root, config: parseConfig("") })).toMatchObject({
    own: false,
    why: expect.stringContaining("does not run as root"),
  });
});

test.runIf(isRoot)("and where the state root is closed, with what opens one", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  const config = parseConfig("");
  expect(await decideUsers({ root, config })).toEqual({
    own: false,
    why: `The state root is closed to other users by ${directory.path} (mode 0700).`,
    hint: expect.stringContaining("HARNESS_HOME=/var/lib/harness"),
  });
  chmodSync(directory.path, 0o711);
  // In use, and closed since it was made.
  mkdirSync(root.run.sentinel, { recursive: true });
  chmodSync(root.path, 0o700);
  expect(await decideUsers({ root, config })).toMatchObject({ own: false, hint: `chmod 711 ${root.path}` });
  // Linked to where a person keeps it closed.
  chmodSync(root.path, 0o711);
  const disk = join(directory.path, "disk");
  mkdirSync(disk, { mode: 0o700 });
  symlinkSync(disk, root.sessions);
  expect(await decideUsers({ root, config })).toMatchObject({ own: false, hint: `chmod 711 ${root.sessions}` });
});
