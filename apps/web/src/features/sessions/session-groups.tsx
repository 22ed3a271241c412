"use client";

import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { plural } from "../../lib/format.ts";
import type { Badge, SessionSummary } from "../../lib/shapes.ts";
import { groupSessions, type SessionGroup } from "./session-list.ts";
import { COLUMNS, SessionRow } from "./session-row.tsx";

const SHOWN = 50;

interface SessionGroupsProps {
  sessions: ReadonlyMap<string, SessionSummary>;
  only: Badge | undefined;
}

export function SessionGroups({ sessions, only }: SessionGroupsProps) {
  const groups = groupSessions(sessions.values(), only);
  return (
    <div className="mt-9 space-y-9">
      {groups.length === 0 && <p className="text-soft">No session is {only} at the moment.</p>}
      {groups.map((group, index) => (
        <Group key={group.title} group={group} hasColumnNames={index === 0} />
      ))}
    </div>
  );
}

function Group({ group: { title, sessions }, hasColumnNames }: { group: SessionGroup; hasColumnNames: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? sessions : sessions.slice(0, SHOWN);
  return (
    <section aria-label={`${title}: ${plural(sessions.length, "session")}`}>
      <div className={`${COLUMNS} px-4 pb-2 text-sm text-soft sm:px-5`}>
        <h2 className="col-span-2 font-semibold text-ink">{title}</h2>
        {hasColumnNames &&
          ["Branch", "Agent", "Turn", "Age"].map((column) => (
            <span key={column} className="hidden lg:block" aria-hidden="true">
              {column}
            </span>
          ))}
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-sheet">
        {shown.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {shown.length < sessions.length && (
        <Button className="mt-3" onClick={() => setWhole(true)}>
          Show {sessions.length - shown.length} more
        </Button>
      )}
    </section>
  );
}
