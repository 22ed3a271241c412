import type { Event } from "../schema/event.ts";

const TEXT_LIMITS = [16_384, 4_096, 1_024, 256, 32];

/** An event as one line of at most `maxBytes` bytes, newline included; long texts are cut and the event marked `"cut": true`. */
export function encodeEvent(event: Event, maxBytes: number): string {
  const whole = `${JSON.stringify(event)}\n`;
  // A UTF-16 unit is at most three bytes, so most lines need no count.
  if (whole.length * 3 <= maxBytes || Buffer.byteLength(whole) <= maxBytes) return whole;
  for (const limit of TEXT_LIMITS) {
    const line = `${JSON.stringify({ ...event, cut: true }, (_, value: unknown) => cutText(value, limit))}\n`;
    if (Buffer.byteLength(line) <= maxBytes) return line;
  }
  const { v, seq, at, type } = event;
  return `${JSON.stringify({ v, seq, at, type: type.slice(0, 64), cut: true })}\n`;
}

function cutText(value: unknown, limit: number): unknown {
  return typeof value === "string" && value.length > limit ? `${value.slice(0, limit)}…` : value;
}
