import Link from "next/link";
import { memo, type ReactNode } from "react";
import { Elapsed } from "../../components/ui/elapsed.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { lastSegment } from "../../lib/format.ts";
import type { SessionSummary } from "../../lib/shapes.ts";
import { firstLine } from "../../lib/visible-text.ts";
import { Badge } from "./badge.tsx";
import { CollisionMark } from "./collision-mark.tsx";
import { Labels } from "./labels.tsx";
import { lineOf, titleOf } from "./sentences.ts";
import { TurnLane } from "./turn-lane.tsx";
import { TurnState } from "./turn-state.tsx";
import { WallMark } from "./wall-mark.tsx";

export const COLUMNS =
  "sm:grid sm:grid-cols-[8rem_minmax(0,1fr)] sm:gap-x-5 lg:grid-cols-[8rem_minmax(0,1fr)_minmax(0,13rem)_6.5rem_8.5rem_4.5rem]";

export const SessionRow = memo(function SessionRow({ session }: { session: SessionSummary }) {
  const isCalling = session.badge === "needs you";
  return (
    <li
      data-session={session.id}
      className={`${COLUMNS} off-screen relative px-4 py-4 transition-colors sm:px-5 ${isCalling ? "bg-call-wash" : "hover:bg-paper"}`}
    >
      <div className="text-sm leading-6">
        <Badge badge={session.badge} />
      </div>
      <div className="mt-1.5 min-w-0 sm:mt-0">
        <h3 className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
          <Link
            href={`/session?id=${encodeURIComponent(session.id)}`}
            className="font-semibold wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
          >
            <Brief limit={64}>{titleOf(session)}</Brief>
          </Link>
          <Labels labels={session.labels} isBrief />
          <WallMark wall={session.wall} />
          <CollisionMark collisions={session.collisions} />
        </h3>
        <p className="line-clamp-2">
          <Brief>{firstLine(session.task)}</Brief>
        </p>
        <LastWords session={session} />
      </div>
      <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-0.5 text-sm leading-6 sm:col-start-2 lg:mt-0 lg:contents">
        <Fact name="Branch">
          <Place session={session} />
        </Fact>
        <Fact name="Agent">
          <Brief limit={64}>{session.agent.name}</Brief>
        </Fact>
        <Fact name="Turn">
          <TurnState session={session} />
          <TurnLane session={session} />
        </Fact>
        <Fact name="Age">
          {/* Where no column says so, it would look like how long the turn runs. */}
          <span className="text-soft lg:hidden" aria-hidden="true">
            age{" "}
          </span>
          <Elapsed since={session.createdAt} />
        </Fact>
      </dl>
    </li>
  );
});

function Place({ session: { branch, repository } }: { session: SessionSummary }) {
  return (
    <>
      <span className="mr-2 line-clamp-2 max-lg:inline">
        {branch === null ? (
          <span className="text-soft">no branch</span>
        ) : (
          <span className="font-mono text-[0.8125rem]">
            <Brief limit={120}>{branch}</Brief>
          </span>
        )}
      </span>
      {repository !== null && (
        <span className="line-clamp-1 leading-5 text-soft max-lg:inline">
          <Brief limit={80}>{lastSegment(repository)}</Brief>
        </span>
      )}
    </>
  );
}

const LAST_WORDS = {
  asks: { means: "Asks: ", look: "font-medium text-call" },
  failed: { means: "Its last turn failed: ", look: "text-sm text-fail first-letter:uppercase" },
  says: { means: "Last line: ", look: "font-mono text-[0.8125rem] text-soft" },
};

function LastWords({ session }: { session: SessionSummary }) {
  const { kind, text } = lineOf(session);
  if (kind === "nothing") return null;
  return (
    <p className={`mt-1 line-clamp-2 ${LAST_WORDS[kind].look}`}>
      <span className="sr-only">{LAST_WORDS[kind].means}</span>
      <Brief>{text}</Brief>
    </p>
  );
}

function Brief({ limit = 300, children }: { limit?: number; children: string }) {
  return (
    <PlainText limit={limit} isBrief>
      {children}
    </PlainText>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="sr-only">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}
