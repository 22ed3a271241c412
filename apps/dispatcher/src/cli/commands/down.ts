import { systemClock } from "@harness/core";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { endWorkers } from "../../credentials/end-workers.ts";
import type { DeclareCommand } from "../command.ts";
import { endAgentProcesses } from "../end-agent-processes.ts";
import { endDispatcher } from "../end-dispatcher.ts";

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
      if (record) await endDispatcher(root, record, terminal.note);
      // Not over the API, where it stops every session for good: these are to go on at the next `up`.
      const ended = all ? await endAgentProcesses(root) : 0;
      if (all) await endWorkers(root, systemClock);
      if (options.json) return terminal.json({ stopped: record !== null, pid: record?.pid ?? null });
      terminal.line(record ? `The dispatcher (pid ${record.pid}) is gone.` : `No dispatcher runs on ${root.path}.`);
      if (ended > 0) terminal.line(`${ended} agent processes ended.`);
    });
};
