"use client";

import { useConnection } from "../../lib/live-events.ts";
import type { Connection } from "../../lib/stream.ts";

interface Look {
  word: string;
  /** Where there is little room: a longer word would push the page down. */
  short?: string;
  dot: string;
  text: string;
}

const LOOKS: Record<Connection, Look> = {
  connecting: { word: "connecting", short: "", dot: "border-soft", text: "text-soft" },
  live: { word: "live", dot: "border-work bg-work", text: "text-soft" },
  reconnecting: { word: "reconnecting", short: "offline", dot: "border-call border-dashed", text: "text-call" },
};

/** Whether what the page shows is true now. */
export function ConnectionState() {
  const { word, short, dot, text } = LOOKS[useConnection()];
  return (
    <p role="status" className={`flex items-center gap-2 text-sm ${text}`}>
      <span className={`size-2.5 rounded-full border-2 ${dot}`} aria-hidden="true" />
      <span className={short === undefined ? "" : "max-sm:sr-only"}>{word}</span>
      {short !== undefined && (
        <span className="empty:hidden sm:hidden" aria-hidden="true">
          {short}
        </span>
      )}
    </p>
  );
}
