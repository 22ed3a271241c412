import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Box } from "../layout/session-directory.ts";
import type { Inbound } from "../schema/inbound.ts";
import type { Appearance } from "./completeness.ts";
import { listClaimed } from "./known-message.ts";
import type { Place } from "./message-order.ts";

export interface InboxLimits {
  /** Files opened in one scan. */
  looks: number;
  /** Ready prompts returned by one scan; other kinds are always returned. */
  prompts: number;
  /** Starts of one message before it counts as poison. */
  attempts: number;
}

export const INBOX_LIMITS: InboxLimits = { looks: 1_024, prompts: 64, attempts: 3 };

const SHORT_BYTES = 1024;

/** One file of the inbox, from the first look on. */
export interface Sighting {
  readonly id: string;
  readonly place: Place;
  /** `new`: not opened yet. `waiting`: not whole yet. `ready`: whole; its message is read when its turn comes. */
  state: "new" | "waiting" | "ready";
  appearance: Appearance | null;
  /** Monotonic time of the last visible change. */
  changedAt: number;
  kind?: Inbound["kind"];
  message?: Inbound;
  digest?: string;
  lastScan: number;
}

/** What a claimed file held when its message was read: what arrives later is told by it. */
export interface Baseline {
  readonly digest: string;
  readonly length: number;
}

/** What one open inbox knows. It can be thrown away at any time: the files say it all. */
export interface InboxState {
  readonly box: Box;
  readonly clock: Clock;
  readonly limits: InboxLimits;
  readonly firstId: string | undefined;
  readonly sightings: Map<string, Sighting>;
  readonly baselines: Map<string, Baseline>;
  readonly onRejected: (id: string, reason: string) => void;
  readonly onIgnored: (names: string[]) => void;
  /** Names already told by onIgnored. */
  readonly ignored: Set<string>;
  /** Ids in `.claimed`; this process is the only one that claims. */
  claimed(): Map<string, string>;
  scans: number;
  lookedAt: number;
}

export function createInboxState(
  facts: Omit<InboxState, "sightings" | "baselines" | "ignored" | "claimed" | "scans" | "lookedAt">,
): InboxState {
  let claimed: Map<string, string> | null = null;
  return {
    ...facts,
    sightings: new Map(),
    baselines: new Map(),
    ignored: new Set(),
    claimed: () => (claimed ??= listClaimed(facts.box)),
    scans: 0,
    lookedAt: 0,
  };
}

export function baselineOf(bytes: Uint8Array): Baseline {
  return { digest: digestOf(bytes), length: bytes.length };
}

/** Tells contents apart. A short one stands for itself: most messages are short, and an agent process needs no digest for them. */
export function digestOf(bytes: Uint8Array): string {
  const content =
    bytes.length <= SHORT_BYTES
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
      : createHash("sha256").update(bytes).digest("base64");
  return `${bytes.length}:${content}`;
}
