import { readLines, rotatedPath, type Event, type KnownEvent } from "@harness/core";

/** Turns that are told, and characters of a prompt or a reply. */
const TURNS = 12;
const TEXT_LIMIT = 2_000;
const CALLS = 30;
const CALL_LIMIT = 200;
/** Characters of the whole account: the newest turns fit. */
const ACCOUNT_LIMIT = 24 * 1024;
const YIELD_EVERY = 1_000;

/** What a session's log tells of its turns, for a coding agent that has no memory of them. `turn` is the one that runs. */
export async function readHistory(path: string, turn: string): Promise<string> {
  const history = createHistory();
  let count = 0;
  for (const generation of [1, 0]) {
    for (const event of readLines(rotatedPath(path, generation))) {
      history.add(event);
      count += 1;
      if (count % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return history.tell(turn);
}

interface Told {
  readonly turn: string;
  prompt: string;
  said: string;
  end: string | null;
  readonly calls: string[];
  earlierCalls: number;
}

/** Takes the events of a log, oldest first, and keeps what an account of the last turns needs. */
export function createHistory(): { add(event: Event): void; tell(turn: string): string } {
  const turns = new Map<string, Told>();

  function add(event: Event): void {
    const known = event as KnownEvent;
    if (known.type === "turn.started" && !turns.has(known.turn)) {
      turns.set(known.turn, { turn: known.turn, prompt: known.text, said: "", end: null, calls: [], earlierCalls: 0 });
      const oldest = turns.keys().next().value;
      if (turns.size > TURNS + 1 && oldest !== undefined) turns.delete(oldest);
    }
    const told = "turn" in known && typeof known.turn === "string" ? turns.get(known.turn) : undefined;
    if (told) addEvent(told, known);
  }

  /** The running turn is told only as far as an earlier attempt came. */
  function tell(turn: string): string {
    const parts: string[] = [];
    let left = ACCOUNT_LIMIT;
    for (const told of [...turns.values()].toReversed()) {
      if (told.turn === turn && !isWorthTelling(told)) continue;
      const text = tellTurn(told, told.turn === turn);
      if (text.length > left) break;
      left -= text.length;
      parts.unshift(text);
    }
    return parts.join("\n\n");
  }

  return { add, tell };
}

function addEvent(told: Told, event: KnownEvent): void {
  if (event.type === "text.written") told.said += event.text.slice(0, TEXT_LIMIT * 2);
  if (told.said.length > TEXT_LIMIT * 8) told.said = told.said.slice(-TEXT_LIMIT * 4);
  if (event.type === "tool.called") {
    told.calls.push(oneLine(`${event.tool}: ${event.text ?? ""}`));
    if (told.calls.length > CALLS && told.calls.shift() !== undefined) told.earlierCalls += 1;
  }
  if (event.type === "turn.ended" && event.stopReason !== "interrupted") {
    told.end = event.stopReason;
    told.said = event.text;
  }
}

function isWorthTelling({ said, calls }: Told): boolean {
  return said !== "" || calls.length > 0;
}

function tellTurn({ prompt, said, end, calls, earlierCalls }: Told, runs: boolean): string {
  const lines = runs ? ["An interrupted attempt at what is asked now:"] : [`Asked:\n${clip(prompt)}`];
  if (calls.length > 0) {
    const more = earlierCalls > 0 ? ` (the last of ${earlierCalls + calls.length})` : "";
    lines.push(`Tools used${more}:\n${calls.map((call) => `- ${call}`).join("\n")}`);
  }
  if (said !== "") lines.push(`Said:\n${clip(said)}`);
  if (!runs) lines.push(end === null ? "It did not come to an end." : `It ended: ${end}.`);
  return lines.join("\n");
}

function clip(text: string): string {
  if (text.length <= TEXT_LIMIT) return text.trimEnd();
  const half = TEXT_LIMIT / 2;
  return `${text.slice(0, half)}\n… ${text.length - TEXT_LIMIT} characters left out …\n${text.slice(-half)}`.toWellFormed();
}

function oneLine(text: string): string {
  const line = text
    .slice(0, CALL_LIMIT * 4)
    .replace(/\s+/g, " ")
    .trim();
  return (line.length <= CALL_LIMIT ? line : `${line.slice(0, CALL_LIMIT)} …`).toWellFormed();
}
