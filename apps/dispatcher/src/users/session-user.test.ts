import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { startUser } from "./session-user.ts";

const isRoot = process.geteuid?.() === 0;
const none = { ownOf: () => null };
/** Somebody who is there on this machine, in a group that is not root's. */
const [uid = 0, gid = 0] =
  readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":").slice(2, 4).map(Number))
    .find((ids) => ids.length === 2 && ids.every((id) => id > 0)) ?? [];
const NOBODYS = 1_899_999_999;

test.runIf(isRoot)(
  "a person's session runs in the person's group, one of ours in its own, and none in root's",
  async () => {
    await using directory = temporaryDirectory();
    const paths = stateRoot(directory.path).session("one");
    mkdirSync(paths.directory, { recursive: true });
    expect(await startUser(paths, none)).toBeNull();
    chownSync(paths.directory, uid, 0);
    expect(await startUser(paths, none)).toEqual({ uid, gid });
    chownSync(paths.directory, NOBODYS, 7);
    expect(await startUser(paths, none)).toEqual({ uid: NOBODYS, gid: 7 });
    chownSync(paths.directory, NOBODYS, 0);
    await expect(startUser(paths, none)).rejects.toMatchObject({ code: "spawn-failed" });
    chownSync(paths.directory, uid, 7);
    const ours = { uid, gid: 7 };
    expect(await startUser(paths, { ownOf: () => ours })).toEqual(ours);
  },
);
