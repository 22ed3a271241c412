import { existsSync } from "node:fs";
import { listSessionIds } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { plainLine } from "../escape.ts";
import { readConfigured, readSessionFiles } from "../read-summary.ts";
import { sessionTable } from "../session-table.ts";

export const declarePs: DeclareCommand = (command, { root, terminal, environment }) => {
  command
    .option("-a, --all", "closed sessions too")
    .option("--json", "print a list of sessions, as GET /api/sessions answers it")
    .addHelpText("after", "\nWorks while the dispatcher is down: it reads the sessions' own files.\n\nExample:\n  harness ps --all")
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const ids = existsSync(root.path) ? listSessionIds(root) : [];
      const configured = options.json ? await readConfigured(root, environment) : undefined;
      const sessions = ids
        .map((id) => readSessionFiles(root, id, configured).summary)
        .filter(({ state }) => options.all || state === "open")
        .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
      if (options.json) return terminal.json(sessions);
      if (sessions.length === 0) {
        const closed = ids.length > 0 ? " `harness ps --all` shows the closed ones." : "";
        return terminal.note(`No open session in ${root.path}.${closed} \`harness spawn "<task>"\` starts one.`);
      }
      for (const line of sessionTable(sessions, terminal, Date.now())) terminal.line(line);
      for (const { id, damaged } of sessions) {
        for (const part of damaged) terminal.note(`${plainLine(id)}: ${plainLine(part)}`);
      }
    });
};
