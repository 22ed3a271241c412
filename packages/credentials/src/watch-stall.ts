/**
 * A provider that has said nothing for so long is not waited for any more. Models think for minutes, some of them without
 * a word meanwhile: client libraries wait ten at most, and this is longer than any of them.
 */
const PROVIDER_MS = 15 * 60_000;
/** For so long in all a call waits for a client that does not send what it asks, or does not take what it is answered. */
const CLIENT_MS = 2 * 60_000;
const LOOK_MS = 1_000;

export interface Patience {
  readonly providerMs?: number | undefined;
  readonly clientMs?: number | undefined;
}

export type Side = "provider" | "client";

export interface StallWatch {
  readonly patience: Patience | undefined;
  /** Whose turn it is. */
  waitsFor(): Side;
  /** Another number whenever something has passed to the provider or from it. */
  passed(): number;
  /** Called once. */
  onStall(side: Side): void;
}

/**
 * Sees to it that a call keeps its place no longer than anything comes of it. Time counts by looks, so that a machine that
 * slept has missed nothing. Returns what ends the watch.
 */
export function watchStall({ patience = {}, waitsFor, passed, onStall }: StallWatch): () => void {
  const { providerMs = PROVIDER_MS, clientMs = CLIENT_MS } = patience;
  const lookMs = Math.min(LOOK_MS, providerMs / 4, clientMs / 4);
  const waited = { provider: 0, client: 0 };
  let last = passed();
  const timer = setInterval(() => {
    const side = waitsFor();
    const now = passed();
    if (now !== last) waited.provider = 0;
    last = now;
    waited[side] += lookMs;
    if (waited.provider < providerMs && waited.client < clientMs) return;
    clearInterval(timer);
    onStall(side);
  }, lookMs);
  return () => clearInterval(timer);
}
