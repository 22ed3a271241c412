"use client";

import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { Masthead } from "../../components/ui/masthead.tsx";
import { visible } from "../../lib/visible-text.ts";
import { Announcer } from "./announcer.tsx";
import { ConnectionState } from "./connection-state.tsx";
import { followSessions, useSessionList } from "./live-sessions.ts";
import { titleOf } from "./sentences.ts";
import { SessionView } from "./session-view.tsx";
import { useSession } from "./use-session.ts";

/** The session that the address names (`?id=…`). */
export function SessionPage() {
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
        <Link
          href="/"
          className="inline-flex items-center gap-2 py-2 text-sm text-soft underline-offset-4 hover:underline"
        >
          <svg viewBox="0 0 12 12" className="size-3 fill-none stroke-current" aria-hidden="true">
            <path d="M11 6H1.5M5.5 2l-4 4 4 4" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
          All sessions
        </Link>
        {problem !== undefined && (
          <div role="alert" className="mt-3 max-w-xl rounded-lg border border-call-line bg-call-wash px-4 py-3">
            <p className="font-medium">{problem.message}</p>
            <p className="mt-1 text-soft">{problem.hint}</p>
          </div>
        )}
        {session !== undefined && <SessionView key={session.id} session={session} />}
      </main>
    </>
  );
}
