"use client";

import { useConnection } from "../../lib/live-events.ts";
import type { Connection } from "../../lib/stream.ts";

const LOOKS: Record<Connection, { word: string; dot: string; text: string }> = {
  connecting: { word: "connecting", dot: "border-soft", text: "text-soft" },
  live: { word: "live", dot: "border-work bg-work", text: "text-soft" },
  reconnecting: { word: "reconnecting", dot: "border-call border-dashed", text: "text-call" },
};

/** Whether what the page shows is true now. */
export function ConnectionState() {
  const { word, dot, text } = LOOKS[useConnection()];
  return (
    <p role="status" className={`flex items-center gap-2 text-sm ${text}`}>
      <span className={`size-2.5 rounded-full border-2 ${dot}`} aria-hidden="true" />
      {word}
    </p>
  );
}
