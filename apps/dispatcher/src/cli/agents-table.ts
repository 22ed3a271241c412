import type { CodingAgent } from "../coding-agents/list.ts";
import { plainLine } from "./escape.ts";
import type { Terminal } from "./terminal.ts";
import { padText, textWidth } from "./text-width.ts";

const INDENT = "  ";

/** The lines of `harness agents`: a line each, and below it what there is to know. */
export function agentsTable(agents: readonly CodingAgent[], terminal: Terminal): string[] {
  const rows = agents.map((agent) => ({ agent, name: plainLine(agent.name), version: versionOf(agent) }));
  const widest = (cell: (row: (typeof rows)[number]) => string) => Math.max(...rows.map((row) => textWidth(cell(row))));
  const [names, versions] = [widest(({ name }) => name), widest(({ version }) => version)];
  return rows.flatMap(({ agent, name, version }) => {
    const state = agent.installed ? terminal.colour("green", padText(version, versions)) : padText(version, versions);
    const title = [terminal.colour("bold", padText(name, names)), state, plainLine(agent.how)];
    const mark = agent.isDefault ? terminal.colour("cyan", "(default)") : "";
    return [
      [...title, mark].filter(Boolean).join(INDENT).trimEnd(),
      ...below(agent).map((line) => terminal.colour("dim", `${" ".repeat(names)}${INDENT}${plainLine(line)}`)),
    ];
  });
}

function versionOf({ installed, version }: CodingAgent): string {
  if (!installed) return "not installed";
  return version ?? "installed";
}

function below({ installed, install, wires, licence, note, path, driver }: CodingAgent): string[] {
  const speaks = wires === null ? "" : `speaks ${wires.join(", ")}; `;
  const terms = licence === null ? "" : `; licence: ${licence}`;
  return [
    `${speaks}driver ${driver}${terms}`,
    ...(note === null ? [] : [note]),
    ...(path === null ? [] : [path]),
    ...(installed || install === null ? [] : [`install: ${install}`]),
  ];
}
