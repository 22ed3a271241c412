import { useSearchParams } from "next/navigation";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { SessionDetail } from "../../lib/shapes.ts";
import { Badge } from "./badge.tsx";
import { Labels } from "./labels.tsx";
import { LogView } from "./log-view.tsx";
import { titleOf } from "./sentences.ts";
import { SessionActions } from "./session-actions.tsx";
import { type GitViews, SessionViews, viewOf } from "./session-views.tsx";
import { WallMark } from "./wall-mark.tsx";

export function SessionView({ session, views }: { session: SessionDetail; views: GitViews }) {
  const view = viewOf(session, useSearchParams().get("view"));
  return (
    <div className="space-y-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 flex-1 basis-80">
          <Badge badge={session.badge} />
          <h1 className="mt-1.5 flex flex-wrap items-baseline gap-3 text-3xl font-semibold tracking-tight wrap-anywhere">
            <PlainText limit={64}>{titleOf(session)}</PlainText>
            <span className="flex flex-wrap gap-2 font-normal tracking-normal empty:hidden">
              <Labels labels={session.labels} />
              <WallMark wall={session.wall} />
            </span>
          </h1>
          <p className="mt-2 max-w-prose whitespace-pre-wrap">
            <PlainText limit={600}>{session.task}</PlainText>
          </p>
        </div>
        <SessionActions session={session} />
      </header>
      <SessionViews session={session} current={view} />
      {/* A prompt that somebody has begun to write stays while they look at the diff. */}
      <div hidden={view !== "log"}>
        <LogView session={session} />
      </div>
      {view !== "log" && views[view](session)}
    </div>
  );
}
