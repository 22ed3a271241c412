import type { CallBegin, CallEnd, CallHold } from "./call.ts";
import type { Relay } from "./start-relay.ts";

export type CallListener = (line: CallBegin | CallEnd) => void;

/** The model calls of a session: told by whichever relay runs, heard by whoever wants to. */
export interface ModelCalls {
  /** Returns what ends the listening. */
  follow(listener: CallListener): () => void;
  tell(line: CallBegin | CallEnd): void;
  /** The same for calls that the credential worker holds. */
  followHolds(listener: (line: CallHold) => void): () => void;
  tellHold(line: CallHold): void;
  /** Has a call that is held refused at once. */
  refuse(call: number): void;
  /** The relay that tells from here on; null when there is none. */
  attach(relay: Pick<Relay, "sync" | "refuse"> | null): void;
  /** Resolves when all that happened by now has been heard. */
  settle(): Promise<void>;
}

export function createModelCalls(): ModelCalls {
  const listeners = new Set<CallListener>();
  const holds = new Set<(line: CallHold) => void>();
  let relay: Pick<Relay, "sync" | "refuse"> | null = null;
  return {
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (line) => listeners.forEach((listener) => listener(line)),
    followHolds(listener) {
      holds.add(listener);
      return () => holds.delete(listener);
    },
    tellHold: (line) => holds.forEach((listener) => listener(line)),
    refuse: (call) => relay?.refuse(call),
    attach: (attached) => (relay = attached),
    settle: async () => relay?.sync(),
  };
}
