import { HarnessError, isSameProcess, signalProcess, systemClock } from "@harness/core";
import { readDispatcher, type DispatcherRecord } from "../../supervisor/singleton.ts";
import { endWorkers } from "../../credentials/end-workers.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { endAgentProcesses } from "../end-agent-processes.ts";

const ASK_MS = 5_000;
const WAIT_MS = 30_000;
const LOOK_MS = 50;

export const declareDown: DeclareCommand = (command, { root, terminal }) => {
  command
    .option("--all", "end the agent processes and credential workers too; their turns go on at the next `harness up`")
    .option("--json", "print {stopped, pid}; pid is null when none ran")
    .addHelpText(
      "after",
      "\nReturns when the dispatcher is gone. Sessions go on without it.\n\nExample:\n  harness down",
    )
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const all = options.all === true;
      const record = readDispatcher(root);
      if (record) await end(record);
      // Not over the API, where it stops every session for good: these are to go on at the next `up`.
      const ended = all ? await endAgentProcesses(root) : 0;
      if (all) await endWorkers(root, systemClock);
      if (options.json) return terminal.json({ stopped: record !== null, pid: record?.pid ?? null });
      terminal.line(record ? `The dispatcher (pid ${record.pid}) is gone.` : `No dispatcher runs on ${root.path}.`);
      if (ended > 0) terminal.line(`${ended} agent processes ended.`);
    });

  async function end(record: DispatcherRecord): Promise<void> {
    try {
      const init = { signal: AbortSignal.timeout(ASK_MS) };
      await bodyOf(connect(root).shutdown.$post({ json: {} }, { init }));
    } catch (error) {
      // It does not answer: it is asked the way every process understands.
      terminal.note(`It does not answer (${(error as Error).message}) and gets a signal instead.`);
      signalProcess(record, "SIGTERM");
      // A stopped process acts on SIGTERM only once it goes on.
      signalProcess(record, "SIGCONT");
    }
    const until = systemClock.monotonic() + WAIT_MS;
    while (isSameProcess(record)) {
      if (systemClock.monotonic() > until) {
        throw new HarnessError(
          "timed-out",
          `The dispatcher (pid ${record.pid}) is still there after ${WAIT_MS / 1000} s.`,
          {
            hint: `See ${root.run.log}. \`kill -9 ${record.pid}\` ends it for certain; nothing is lost by that.`,
          },
        );
      }
      await systemClock.sleep(LOOK_MS);
    }
  }
};
