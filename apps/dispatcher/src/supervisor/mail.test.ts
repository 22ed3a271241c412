import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { parkSession } from "../sessions/park.ts";
import { runDispatcher, temporaryRoot } from "./testing/dispatchers.ts";

test("a file that no agent process takes for a message wakes nobody", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ["sh", "-c", "cat"] });
  await until(() => getSession(context, id).turns === 1);
  await parkSession(context, id);
  await until(() => !getSession(context, id).alive);
  const { path } = place.root.session(id).inbox;
  writeFileSync(join(path, "not an id.msg"), "nobody reads this");
  // Long enough for several scans of the test's dispatcher.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(context.wanted.get(id)).toMatchObject({ wanted: "parked", generation: 1 });
  writeFileSync(join(path, "an-id.msg"), "good morning");
  await until(() => getSession(context, id).lastLine === "good morning");
});
