"use client";

import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { ConnectionState } from "../../components/ui/connection-state.tsx";
import { Masthead } from "../../components/ui/masthead.tsx";
import { Announcer } from "./announcer.tsx";
import { BadgeCounts } from "./badge-counts.tsx";
import { EmptyState } from "./empty-state.tsx";
import { followSessions, useSessionList } from "./live-sessions.ts";
import { headline } from "./sentences.ts";
import { SessionGroups } from "./session-groups.tsx";
import { BADGES } from "./session-list.ts";

/** All sessions, live, what needs the person first. */
export function SessionsPage() {
  const { isKnown, sessions } = useSessionList();
  const wanted = useSearchParams().get("badge");
  const only = BADGES.find((badge) => badge === wanted);
  useEffect(followSessions, []);

  return (
    <>
      <Masthead>
        <ConnectionState />
      </Masthead>
      <main className="mx-auto max-w-[88rem] px-4 pt-6 pb-24 sm:px-8 sm:pt-10">
        <Announcer sessions={sessions} page="Harness" />
        {isKnown && sessions.size === 0 && <EmptyState />}
        {sessions.size > 0 && (
          <>
            <h1 className="max-w-3xl text-3xl font-semibold tracking-tight text-balance sm:text-4xl">
              {headline(sessions.values())}
            </h1>
            <BadgeCounts sessions={sessions} only={only} />
            <SessionGroups sessions={sessions} only={only} />
          </>
        )}
      </main>
    </>
  );
}
