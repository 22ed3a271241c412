import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownerOf } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { closeWorkerPlace, openWorkerPlace } from "./open-worker-place.ts";

const ID = 1_900_000_001;
const choose = () => Promise.resolve(ID);

test.runIf(process.geteuid?.() === 0)(
  "what a worker of root's left in a place is given to the next of its own user",
  async () => {
    await using directory = temporaryDirectory();
    const place = join(directory.path, "cloud");
    const [spent, grant] = [join(place, "spent/one.json"), join(place, "grants/one.json")];
    await openWorkerPlace(place, choose);
    closeWorkerPlace(place);
    expect([ownerOf(place), statSync(place).mode & 0o7777]).toEqual([{ uid: 0, gid: 0 }, 0o700]);
    mkdirSync(join(place, "spent"));
    for (const path of [spent, grant]) writeFileSync(path, "{}", { mode: 0o600 });
    await openWorkerPlace(place, choose);
    expect(ownerOf(spent)).toEqual({ uid: ID, gid: ID });
    expect([ownerOf(grant), statSync(grant).mode & 0o777]).toEqual([{ uid: 0, gid: ID }, 0o640]);
    expect([ownerOf(place), statSync(place).mode & 0o7777]).toEqual([{ uid: 0, gid: ID }, 0o1770]);
  },
);
