import { plural } from "../../lib/format.ts";
import type { Badge, SessionSummary } from "../../lib/shapes.ts";
import { groupSessions } from "./session-list.ts";
import { COLUMNS, SessionRow } from "./session-row.tsx";

interface SessionGroupsProps {
  sessions: ReadonlyMap<string, SessionSummary>;
  only: Badge | undefined;
}

export function SessionGroups({ sessions, only }: SessionGroupsProps) {
  const groups = groupSessions(sessions.values(), only);
  return (
    <div className="mt-9 space-y-9">
      {groups.length === 0 && <p className="text-soft">No session is {only} at the moment.</p>}
      {groups.map(({ title, sessions: members }, index) => (
        <section key={title} aria-label={`${title}: ${plural(members.length, "session")}`}>
          <div className={`${COLUMNS} px-4 pb-2 text-sm text-soft sm:px-5`}>
            <h2 className="col-span-2 font-semibold text-ink">{title}</h2>
            {index === 0 &&
              ["Branch", "Agent", "Turn", "Age"].map((column) => (
                <span key={column} className="hidden lg:block" aria-hidden="true">
                  {column}
                </span>
              ))}
          </div>
          <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-sheet">
            {members.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
