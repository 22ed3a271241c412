import { openInbox, sessionPaths } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentContext } from "./agent-context.ts";
import { createAttendant } from "./attend.ts";
import type { Controls } from "./controls.ts";
import type { Prompts } from "./prompts.ts";

describe("one look into the inbox", () => {
  it("goes on until it has seen all of a burst, whose last message may stop something", async () => {
    await using directory = temporaryDirectory();
    const { inbox: box } = sessionPaths(directory.path);
    const inbox = openInbox(box, { limits: { looks: 4 } });
    await inbox.scan();
    const at = (n: number) => new Date(Date.parse("2026-01-01") + n).toISOString();
    for (let n = 0; n < 30; n += 1) {
      const body = n === 29 ? {} : { text: "x" };
      const message = { v: 1, id: `m${n}`, kind: n === 29 ? "cancel" : "prompt", createdAt: at(n), body };
      writeFileSync(join(box.path, `${message.id}.msg`), JSON.stringify(message));
    }
    const handled: string[] = [];
    const place = { isLost: () => false, require: () => {} };
    const context = { inbox, place, failpoint: async () => {} } as unknown as AgentContext;
    const attendant = createAttendant(context, {
      prompts: { offer() {}, proceed() {} } as unknown as Prompts,
      controls: {
        handle: async ({ id }) => void handled.push(id),
        retry: async () => {},
        idle: async () => {},
      } as Partial<Controls> as Controls,
      onBroken: (error) => expect.fail(String(error)),
    });
    attendant.scan();
    await until(() => handled.length > 0);
    expect(new Set(handled)).toEqual(new Set(["m29"]));
    // It may be looking still, and its inbox goes with the test.
    await attendant.halt();
  });
});
