import type { DeclareCommand } from "../command.ts";
import { findDispatcher } from "../doctor/dispatcher.ts";
import type { Finding } from "../doctor/finding.ts";
import { findInotify } from "../doctor/inotify.ts";
import { findPrograms } from "../doctor/programs.ts";
import { findSandbox } from "../doctor/sandbox.ts";
import { findState } from "../doctor/state.ts";
import { findUsers, findVerdict } from "../doctor/users.ts";
import { findWorktrees } from "../doctor/worktrees.ts";
import type { Colour } from "../terminal.ts";

const COLOURS: Record<Finding["state"], Colour> = {
  ok: "green",
  weak: "yellow",
  broken: "red",
  "not tested": "yellow",
};
const WIDTH = 14;

export const declareDoctor: DeclareCommand = (command, { root, terminal, environment }) => {
  command
    .option("--json", 'print {ok, findings: [{name, state: "ok"|"weak"|"broken"|"not tested", text, hint?}]}')
    .addHelpText("after", "\nExits with 1 when something essential is broken.\n\nExample:\n  harness doctor")
    .action(async (options: { json?: boolean }) => {
      const inotify = process.platform === "linux" ? [findInotify()] : [];
      const verdict = await findVerdict(root);
      const findings = [
        ...findPrograms(process.platform),
        ...(await findSandbox(environment["PATH"], verdict)),
        ...inotify,
        ...(await findState(root, environment)),
        ...findUsers(verdict),
        await findWorktrees({ root, environment }),
        ...(await findDispatcher(root)),
      ];
      const isWell = findings.every(({ state }) => state !== "broken");
      if (!isWell) process.exitCode = 1;
      if (options.json) return terminal.json({ ok: isWell, findings });
      for (const { name, state, text, hint } of findings) {
        terminal.line(`${terminal.colour(COLOURS[state], state.padEnd(10))} ${name.padEnd(WIDTH)} ${text}`);
        if (hint) terminal.line(`${" ".repeat(10 + 1 + WIDTH)} -> ${hint}`);
      }
    });
};
