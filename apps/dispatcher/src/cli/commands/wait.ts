import { HarnessError, systemClock } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { seconds } from "../count.ts";
import { plainLine } from "../escape.ts";
import { readRest, type Rest } from "../rest.ts";
import { findSession } from "../find-session.ts";

const LOOK_MS = 250;

export const declareWait: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id...>", "ids, prefixes or names of sessions")
    .option("--any", "until one of them rests, not all")
    .option("--timeout <seconds>", "no longer than this", seconds)
    .option("--json", "print [{id, badge, ok, reason}]")
    .addHelpText(
      "after",
      "\nA session rests when no turn runs and no message waits, when it asks something, or when nothing will start it again." +
        "\nExits with 1 unless every session that rests ended its last turn well.\n\nExample:\n  harness wait k3x m2a --timeout 600",
    )
    .action(async (names: string[], options: { any?: boolean; timeout?: number; json?: boolean }) => {
      const ids = [...new Set(names.map((name) => findSession(root, name)))];
      const { timeout = Infinity } = options;
      const until = systemClock.monotonic() + timeout;
      let rests: Rest[] = [];
      for (;;) {
        rests = ids.map((id) => readRest(root, id)).filter((rest) => rest !== null);
        if (rests.length === ids.length || (options.any && rests.length > 0)) break;
        const left = until - systemClock.monotonic();
        if (left <= 0) {
          const busy = ids.filter((id) => !rests.some((rest) => rest.id === id));
          throw new HarnessError("timed-out", `Still at work after ${timeout / 1000} s: ${busy.join(", ")}.`);
        }
        await systemClock.sleep(Math.min(left, LOOK_MS));
      }
      if (rests.some(({ ok }) => !ok)) process.exitCode = 1;
      if (options.json) return terminal.json(rests);
      for (const { id, badge, reason } of rests) terminal.line(`${id}  ${badge}  ${plainLine(reason)}`);
    });
};
