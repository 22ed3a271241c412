import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openPlaces } from "./places.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

test("places can be gone through, what is ours behind them is closed, and what a person put there stays as it was", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  const [linked, elsewhere] = [join(directory.path, "linked"), join(directory.path, "elsewhere")];
  const hub = join(root.hub, "shop-0123456789ab.git");
  const [session, notes, link] = [join(root.sessions, "one"), join(root.path, "notes"), join(root.sessions, "two")];
  for (const path of [root.run.sessions, root.archive, hub, session, notes, linked, elsewhere]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  symlinkSync(linked, link);
  symlinkSync(elsewhere, root.demo);
  writeFileSync(root.config, "");
  chmodSync(root.config, 0o644);
  openPlaces(root);
  expect([root.path, root.sessions, root.hub, root.run.path, root.run.sockets].map(modeOf)).toEqual(
    Array(5).fill("711"),
  );
  expect([root.run.sessions, root.archive, root.config].map(modeOf)).toEqual(["700", "700", "600"]);
  expect([hub, session].map(modeOf)).toEqual(["750", "750"]);
  expect([notes, linked, elsewhere].map(modeOf)).toEqual(["755", "755", "755"]);
});

test("a place that a person has linked to another disk is as open as they have it", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(join(directory.path, "state"));
  const disk = join(directory.path, "disk");
  mkdirSync(join(disk, "one"), { recursive: true });
  for (const path of [disk, join(disk, "one")]) chmodSync(path, 0o755);
  for (const path of [root.run.sessions, root.hub]) mkdirSync(path, { recursive: true });
  symlinkSync(disk, root.sessions);
  openPlaces(root);
  expect([disk, join(disk, "one")].map(modeOf)).toEqual(["755", "755"]);
});
