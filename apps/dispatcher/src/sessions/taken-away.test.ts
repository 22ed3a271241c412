import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openApi, type TestApi } from "../../test/api.ts";
import { createSession } from "./create.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const REMOVE = { method: "DELETE", path: "" };
const ARCHIVE = { method: "POST", path: "/archive" };
const RESUME = { method: "POST", path: "/resume" };

async function ask(id: string, { method, path }: typeof REMOVE): Promise<string> {
  const reply = await api.admin(`/api/sessions/${id}${path}`, { method });
  return reply.status === 200 ? "done" : String(reply.json()["code"]);
}

test.each([
  ["two removals", REMOVE, REMOVE],
  ["a removal and an archival", REMOVE, ARCHIVE],
  ["an archival and a removal", ARCHIVE, REMOVE],
  ["two archivals", ARCHIVE, ARCHIVE],
])("of %s at once one is done, and the other is told why it is not", async (_name, one, other) => {
  const { root, dispatcher } = api;
  for (const waitMs of [0, 5, 20]) {
    const { id } = await createSession(dispatcher.context, { task: "x", command: ["sh", "-c", "cat"] });
    const first = ask(id, one);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const said = await Promise.all([first, ask(id, other)]);
    expect(said.filter((word) => word === "done")).toHaveLength(1);
    expect(["session-busy", "session-not-found", "session-archived"]).toContain(said.find((word) => word !== "done"));
    const isArchived = existsSync(join(root.archive, id));
    const isInTrash = readdirSync(root.trash).some((name) => name.startsWith(id));
    expect([isArchived, isInTrash].filter(Boolean)).toHaveLength(1);
    expect(existsSync(root.session(id).directory)).toBe(false);
  }
});

test("a session that is resumed while it is removed leaves nothing behind that runs", async () => {
  const { root, dispatcher } = api;
  for (const waitMs of [0, 5, 20]) {
    const { id } = await createSession(dispatcher.context, { task: "x", command: ["sh", "-c", "cat"] });
    const removal = ask(id, REMOVE);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    expect(["done", "session-busy", "session-not-found"]).toContain(await ask(id, RESUME));
    expect(await removal).toBe("done");
    expect(existsSync(root.session(id).directory)).toBe(false);
  }
  await until(() => dispatcher.context.supervisor.health().alive === 0);
});
