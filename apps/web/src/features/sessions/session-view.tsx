import { PlainText } from "../../components/ui/plain-text.tsx";
import type { SessionDetail } from "../../lib/shapes.ts";
import { Badge } from "./badge.tsx";
import { EventLogView } from "./event-log-view.tsx";
import { Labels } from "./labels.tsx";
import { QuestionCard } from "./question-card.tsx";
import { SendBox } from "./send-box.tsx";
import { titleOf } from "./sentences.ts";
import { SessionActions } from "./session-actions.tsx";
import { SessionFacts } from "./session-facts.tsx";
import { useEventLog } from "./use-event-log.ts";
import { WallMark } from "./wall-mark.tsx";

export function SessionView({ session }: { session: SessionDetail }) {
  const log = useEventLog(session.id);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4 lg:col-span-2">
        <div className="min-w-0 flex-1 basis-80">
          <Badge badge={session.badge} />
          <h1 className="mt-1.5 flex flex-wrap items-baseline gap-3 text-3xl font-semibold tracking-tight wrap-anywhere">
            <PlainText limit={64}>{titleOf(session)}</PlainText>
            <span className="flex flex-wrap gap-2 font-normal tracking-normal">
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
      <div className="flex min-w-0 flex-col gap-4 lg:h-[calc(100dvh-18rem)] lg:min-h-[32rem]">
        {session.waiting.map((question) => (
          <QuestionCard key={question.id} session={session.id} question={question} />
        ))}
        <EventLogView log={log} />
        <SendBox session={session} log={log} />
      </div>
      <SessionFacts session={session} />
    </div>
  );
}
