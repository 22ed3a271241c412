import { errorCode } from "../attempt.ts";

export interface Way {
  readonly way: string;
  readonly through: boolean;
  readonly seen: string;
}

/** One way through: what must not work is done, or not. */
export function tryTo(way: string, act: () => unknown): Way {
  try {
    act();
    return { way, through: true, seen: "done" };
  } catch (error) {
    return { way, through: false, seen: errorCode(error) };
  }
}
