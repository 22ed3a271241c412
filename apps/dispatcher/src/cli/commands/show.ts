import type { DeclareCommand } from "../command.ts";
import { readDetail } from "../read-detail.ts";
import { readConfigured } from "../read-configured.ts";
import { sessionSheet } from "../session-sheet.ts";
import { findSession } from "../find-session.ts";

export const declareShow: DeclareCommand = (command, io) => {
  const { root, terminal } = io;
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("--json", "print the session, as GET /api/sessions/:id answers it")
    .addHelpText("after", "\nWorks while the dispatcher is down.\n\nExample:\n  harness show k3x")
    .action((text: string, options: { json?: boolean }) => {
      const detail = readDetail(root, findSession(root, text), readConfigured(io));
      if (options.json) return terminal.json(detail);
      for (const line of sessionSheet(detail, terminal, Date.now())) terminal.line(line);
    });
};
