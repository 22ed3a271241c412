"use client";

import { useLayoutEffect, useRef, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { plural } from "../../lib/format.ts";
import type { EventLog } from "./event-log.ts";
import { EventRow } from "./event-row.tsx";

const NEAR_PX = 48;

/** The log, oldest first. It keeps to its newest line until somebody scrolls up to read. */
export function EventLogView({ log }: { log: EventLog }) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);

  useLayoutEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  });
  const notice = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    setFollowing(scrollHeight - clientHeight - scrollTop < NEAR_PX);
  };

  return (
    <div className="relative min-h-64 flex-1 overflow-hidden rounded-xl border border-line bg-sheet">
      {/* A coding agent talks without pause: what ends or needs somebody is announced, not every line. */}
      <div
        ref={box}
        onScroll={notice}
        role="log"
        aria-label="Log"
        aria-live="off"
        // A region that scrolls must be reachable with the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="h-full max-h-[65dvh] overflow-y-auto overscroll-contain px-4 py-5 -outline-offset-2 sm:px-5 lg:max-h-none"
      >
        {log.dropped > 0 && (
          <p className="pb-4 text-sm text-soft">
            {plural(log.dropped, "older row")} left out. `harness logs` shows everything.
          </p>
        )}
        {log.rows.length === 0 && <p className="text-soft">Nothing has happened yet.</p>}
        <ol>
          {log.rows.map((row) => (
            <EventRow key={row.seq} row={row} />
          ))}
        </ol>
      </div>
      {!isFollowing && (
        <Button className="absolute right-4 bottom-4 shadow-sm" onClick={() => setFollowing(true)}>
          To the newest
        </Button>
      )}
    </div>
  );
}
