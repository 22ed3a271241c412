import type { CallBegin, CallEnd } from "./call.ts";
import type { Relay } from "./start-relay.ts";

export type CallListener = (line: CallBegin | CallEnd) => void;

/** The model calls of a session: told by whichever relay runs, heard by whoever wants to. */
export interface ModelCalls {
  /** Returns what ends the listening. */
  follow(listener: CallListener): () => void;
  tell(line: CallBegin | CallEnd): void;
  /** The relay that tells from here on; null when there is none. */
  attach(relay: Pick<Relay, "sync"> | null): void;
  /** Resolves when all that happened by now has been heard. */
  settle(): Promise<void>;
}

export function createModelCalls(): ModelCalls {
  const listeners = new Set<CallListener>();
  let relay: Pick<Relay, "sync"> | null = null;
  return {
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (line) => listeners.forEach((listener) => listener(line)),
    attach: (attached) => (relay = attached),
    settle: async () => relay?.sync(),
  };
}
