import type { DeclareCommand } from "../command.ts";
import { listFiles } from "../list-files.ts";
import { readConfigured } from "../read-configured.ts";
import { tellSessions } from "../tell-sessions.ts";

export const declarePs: DeclareCommand = (command, io) => {
  const { root, terminal } = io;
  command
    .option("-a, --all", "closed sessions too")
    .option("--json", "print a list of sessions, as GET /api/sessions answers it")
    .addHelpText(
      "after",
      "\nWorks while the dispatcher is down: it reads the sessions' own files.\n\nExample:\n  harness ps --all",
    )
    .action(({ all = false, json }: { all?: boolean; json?: boolean }) => {
      // Reading config.yaml takes longer than all the rest, and the table shows nothing of it.
      const configured = json ? readConfigured(io) : undefined;
      const list = listFiles(root, { all, configured });
      if (json) terminal.json(list.sessions);
      else tellSessions(list, io);
    });
};
