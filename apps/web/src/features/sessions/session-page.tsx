"use client";

import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { BackLink } from "../../components/ui/back-link.tsx";
import { ConnectionState } from "../../components/ui/connection-state.tsx";
import { Masthead } from "../../components/ui/masthead.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { visible } from "../../lib/visible-text.ts";
import { Announcer } from "./announcer.tsx";
import { followSessions, useSessionList } from "./live-sessions.ts";
import { titleOf } from "./sentences.ts";
import { SessionView } from "./session-view.tsx";
import type { GitViews } from "./session-views.tsx";
import { useSession } from "./use-session.ts";

/** The session that the address names (`?id=…`), in the view that it names (`&view=…`). */
export function SessionPage({ views }: { views: GitViews }) {
  const asked = useSearchParams().get("id") ?? "";
  const { sessions } = useSessionList();
  const { session, problem } = useSession(asked);
  useEffect(followSessions, []);
  const page = session === undefined ? "Harness" : `${visible(titleOf(session))} · Harness`;

  return (
    <>
      <Masthead>
        <ConnectionState />
      </Masthead>
      <main className="mx-auto max-w-[88rem] px-4 pb-10 sm:px-8">
        <Announcer sessions={sessions} page={page} />
        <BackLink />
        {problem !== undefined && session === undefined && (
          <h1 className="mt-2 text-3xl font-semibold tracking-tight text-balance">The session could not be read.</h1>
        )}
        {problem !== undefined && <ProblemNote problem={problem} />}
        {session !== undefined && <SessionView key={session.id} session={session} views={views} />}
      </main>
    </>
  );
}
