import { isHarnessError, systemClock } from "@harness/core";
import { createDiskMeter } from "../../disk/meter.ts";
import type { DiskReport } from "../../disk/schema.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { diskLines } from "../disk-lines.ts";
import type { Io } from "../environment.ts";

const HELP = `
Counts the blocks that are taken, each file once however many names it has. The dispatcher remembers what it measured
and measures a session again when a turn has ended; --fresh measures all of it now. Works while the dispatcher is down.

Example:
  harness disk --fresh`;

export const declareDisk: DeclareCommand = (command, io) => {
  command
    .option("--fresh", "measure everything again")
    .option("--json", "print {bytes, atLeast, free, sessions, shared}, as GET /api/disk answers it")
    .addHelpText("after", HELP)
    .action(async ({ fresh = false, json }: { fresh?: boolean; json?: boolean }) => {
      const report = await ask(io, fresh);
      if (json) return io.terminal.json(report);
      for (const line of diskLines(report, io.terminal)) io.terminal.line(line);
    });
};

async function ask({ root }: Io, fresh: boolean): Promise<DiskReport> {
  if (readDispatcher(root) !== null) {
    try {
      return await bodyOf(connect(root).disk.$get({ query: fresh ? { fresh: "true" } : {} }));
    } catch (error) {
      if (!isHarnessError(error) || error.code !== "dispatcher-unreachable") throw error;
    }
  }
  return await createDiskMeter({ root, clock: systemClock }).report({ fresh: true });
}
