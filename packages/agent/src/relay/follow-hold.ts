import type { CallHold } from "../model/call.ts";
import { cut } from "./read-error.ts";

const LONGEST_HOLD_MS = 60 * 60 * 1000;

/** What the credential worker says of a call that it holds. */
export interface HoldFollower {
  /** `said` is `<milliseconds>; <why>`. */
  held(said: string, refuse: (why: string) => void): void;
  /** It is held no longer, if it was. */
  released(answered: boolean): void;
}

export interface Holding {
  readonly call: number;
  /** How each call that is held now is refused. */
  readonly held: Map<number, () => void>;
  tell(line: CallHold): void;
}

export function followHold({ call, held, tell }: Holding): HoldFollower {
  return {
    held(said, refuse) {
      const [, ms = "", why = ""] = /^(\d{1,9}); (.*)$/.exec(said) ?? [];
      if (ms === "" || held.has(call)) return;
      held.set(call, () => refuse(why));
      tell({ type: "held", call, text: cut(why), holdMs: Math.min(Number(ms), LONGEST_HOLD_MS) });
    },
    released(answered) {
      if (held.delete(call)) tell({ type: "released", call, answered });
    },
  };
}
