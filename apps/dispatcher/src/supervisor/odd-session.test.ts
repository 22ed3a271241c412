import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { listSessions } from "../sessions/list.ts";
import { stopSession } from "../sessions/stop.ts";
import { runDispatcher, temporaryRoot } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

test.each(["status.json", ".lock", "outbox"])(
  "a session whose %s is a link to itself hides no other, and keeps no dispatcher from starting",
  async (name) => {
    await using place = temporaryRoot();
    const { root } = place;
    const ids: string[] = [];
    const shown = (context: Parameters<typeof listSessions>[0]) =>
      listSessions(context)
        .map(({ id }) => id)
        .toSorted();
    {
      await using dispatcher = await runDispatcher(root);
      const { context } = dispatcher;
      for (const _ of ["odd", "other"]) ids.push((await createSession(context, { task: "x", command: ECHO })).id);
      await stopSession(context, ids[0]!);
      const path = join(root.session(ids[0]!).directory, name);
      rmSync(path, { recursive: true });
      symlinkSync(path, path);
      expect(shown(context)).toEqual(ids.toSorted());
    }
    await using next = await runDispatcher(root);
    expect(shown(next.context)).toEqual(ids.toSorted());
    await until(() => listSessions(next.context).find(({ id }) => id === ids[1])?.alive);
  },
);
