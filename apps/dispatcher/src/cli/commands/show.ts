import { resolveSession } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { readDetail } from "../read-detail.ts";
import { readConfigured } from "../read-summary.ts";
import { sessionSheet } from "../session-sheet.ts";

export const declareShow: DeclareCommand = (command, { root, terminal, environment }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("--json", "print the session, as GET /api/sessions/:id answers it")
    .addHelpText("after", "\nWorks while the dispatcher is down.\n\nExample:\n  harness show k3x")
    .action(async (text: string, options: { json?: boolean }) => {
      const detail = readDetail(root, resolveSession(root, text), await readConfigured(root, environment));
      if (options.json) return terminal.json(detail);
      for (const line of sessionSheet(detail, terminal, Date.now())) terminal.line(line);
    });
};
