import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { removeSession } from "../sessions/remove.ts";
import { sendToSession } from "../sessions/send.ts";
import { runDispatcher, temporaryRoot, type TestDispatcher } from "../supervisor/testing/dispatchers.ts";
import { DiskReportSchema, type DiskReport } from "./schema.ts";

const MIB = 1024 * 1024;
const GROW = ["sh", "-c", `head -c ${MIB} /dev/zero | tr '\\0' x >> "$HOME/grown"`];

async function ask({ url, token }: TestDispatcher, query = ""): Promise<DiskReport> {
  const response = await fetch(`${url}/api/disk${query}`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return DiskReportSchema.parse(await response.json());
}

test("a session is measured again when its turn has ended, and all of it on request", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "grow", command: GROW });
  const homeOf = async (query?: string) =>
    (await ask(dispatcher, query)).sessions.find((each) => each.id === id)?.parts.home ?? 0;
  await until(() => getSession(context, id).turn?.state === "ended");
  await until(async () => (await homeOf()) >= MIB);
  await sendToSession(context, id, { kind: "prompt", body: { text: "more" } });
  await until(async () => (await homeOf()) >= 2 * MIB);

  // Nobody told the dispatcher of this one.
  const unseen = join(root.session(id).home, "unseen");
  writeFileSync(unseen, Buffer.alloc(4 * MIB, 1));
  mkdirSync(join(root.hub, "shop-1.git"), { recursive: true });
  writeFileSync(join(root.hub, "shop-1.git", "pack"), Buffer.alloc(8 * MIB, 1));
  expect(await homeOf()).toBeLessThan(3 * MIB);
  expect(await homeOf("?fresh=true")).toBeGreaterThanOrEqual(6 * MIB);

  const report = await ask(dispatcher);
  expect(report.shared[0]).toMatchObject({ kind: "hub", name: "shop-1.git", atLeast: false });
  expect(report.shared.map(({ kind }) => kind).toSorted()).toEqual(["archive", "hub", "run", "trash"]);
  const rows = [...report.sessions, ...report.shared];
  expect(report.bytes).toBe(rows.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0));
  rmSync(unseen);
  await removeSession(context, id);
  expect((await ask(dispatcher)).sessions).toEqual([]);
});
