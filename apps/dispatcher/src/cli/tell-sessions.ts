import { plainLine } from "./escape.ts";
import type { Io } from "./environment.ts";
import type { SessionList } from "./list-files.ts";
import { sessionTable } from "./session-table.ts";

/** What `harness ps` prints for a person. */
export function tellSessions(
  { sessions, hidden }: SessionList,
  { root, terminal }: Pick<Io, "root" | "terminal">,
): void {
  if (sessions.length === 0) {
    const closed = hidden > 0 ? " `harness ps --all` shows the closed ones." : "";
    terminal.note(`No open session in ${root.path}.${closed} \`harness spawn "<task>"\` starts one.`);
    return;
  }
  terminal.line(sessionTable(sessions, terminal, Date.now()).join("\n"));
  for (const { id, damaged } of sessions) {
    for (const part of damaged) terminal.note(`${plainLine(id)}: ${plainLine(part)}`);
  }
}
