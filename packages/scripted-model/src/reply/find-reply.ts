import type { Call } from "../conversation/call.ts";
import { readTurn, type Turn } from "../conversation/read-turn.ts";
import { ScriptError } from "../script/script-error.ts";
import { countToolCalls, type Reply, type Scenario, type Script } from "../script/script.ts";

export interface FoundReply {
  /** Null for an aside. */
  scenario: string | null;
  /** Which reply of the scenario, from 0. */
  position: number;
  steps: Reply;
}

/** The reply that a conversation has come to. It follows from the conversation alone.
 *  @throws {ScriptError} where the script has none. */
export function findReply(script: Script, { entries, tools }: Call): FoundReply {
  const turn = readTurn(entries);
  const scenario = findScenario(script, turn);
  // Titles and summaries are asked for without tools, in words that quote the person.
  if (tools.length === 0 && scenario.replies.some((reply) => countToolCalls(reply) > 0))
    return { scenario: null, position: 0, steps: [{ text: script.aside ?? scenario.name }] };

  let before = 0;
  for (const [position, steps] of scenario.replies.entries()) {
    if (turn.results <= before) return { scenario: scenario.name, position, steps };
    before += countToolCalls(steps);
  }
  throw new ScriptError(
    `Scenario "${scenario.name}" has ${scenario.replies.length} replies, and the conversation is past them: it holds ${turn.results} tool results since the last user text.`,
    "Add the reply that follows the last tool call.",
  );
}

function findScenario({ scenarios }: Script, { texts, number }: Turn): Scenario {
  for (const text of texts) {
    const marked = scenarios.find(({ when }) => when !== undefined && text.toLowerCase().includes(when.toLowerCase()));
    if (marked !== undefined) return marked;
  }
  const inOrder = scenarios.filter(({ when }) => when === undefined);
  const next = inOrder[Math.max(number, 0)] ?? inOrder.at(-1);
  if (next !== undefined) return next;
  const markers = scenarios.map(({ when }) => `"${when}"`).join(", ");
  throw new ScriptError(
    `No scenario fits ${texts.length === 0 ? "a conversation without a user text" : `the user text "${texts[0]}"`}.`,
    `Put one of ${markers} into the text, or add a scenario without "when".`,
  );
}
