import { HarnessError, type Event } from "@harness/core";
import { InvalidArgumentError } from "commander";

/** `--turn`: a number from 1, or the last one. */
export type TurnChoice = number | "last";

export function parseTurn(text: string): TurnChoice {
  if (text === "last") return text;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Give a number from 1, or `last`.");
  return Number(text);
}

/** The events of one turn, all its attempts, in the order of the log. Throws `usage-invalid` when there is no such turn. */
export function eventsOfTurn(events: readonly Event[], choice: TurnChoice): Event[] {
  const turns = [...new Set(events.flatMap((event) => (event.type === "turn.started" ? [event["turn"]] : [])))];
  const turn = choice === "last" ? turns.at(-1) : turns[choice - 1];
  if (turn === undefined) {
    const count = turns.length === 0 ? "no turn" : `${turns.length} turn${turns.length === 1 ? "" : "s"}`;
    throw new HarnessError("usage-invalid", `The log holds ${count}.`, { hint: "`--turn last` shows the newest." });
  }
  const isOfTurn = (event: Event) => event["turn"] === turn;
  // What belongs to no turn, such as the end of the agent process in the middle of it, stays where it was.
  const [from, to] = [events.findIndex(isOfTurn), events.findLastIndex(isOfTurn)];
  return events.slice(from, to + 1).filter((event) => isOfTurn(event) || event["turn"] === undefined);
}
