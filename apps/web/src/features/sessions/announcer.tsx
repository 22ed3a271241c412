"use client";

import { useEffect, useRef, useState } from "react";
import type { SessionSummary } from "../../lib/shapes.ts";
import { announcement, tabTitle } from "./sentences.ts";

interface AnnouncerProps {
  sessions: ReadonlyMap<string, SessionSummary>;
  /** What the tab is called. */
  page: string;
}

const EVERY_MS = 2000;

/** Names the tab, and says aloud, every other second at most, which sessions began to need somebody or ended. */
export function Announcer({ sessions, page }: AnnouncerProps) {
  const newest = useRef(sessions);
  const [news, setNews] = useState("");

  useEffect(() => {
    newest.current = sessions;
  }, [sessions]);

  useEffect(() => {
    let said = newest.current;
    const timer = setInterval(() => {
      const next = announcement(said, newest.current);
      said = newest.current;
      if (next !== "") setNews(next);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);

  return (
    <>
      <title>{tabTitle(page, sessions.values())}</title>
      <p aria-live="polite" className="sr-only">
        {news}
      </p>
    </>
  );
}
