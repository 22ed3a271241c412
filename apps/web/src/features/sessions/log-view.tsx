import type { SessionDetail } from "../../lib/shapes.ts";
import { EventLogView } from "./event-log-view.tsx";
import { QuestionCard } from "./question-card.tsx";
import { SendBox } from "./send-box.tsx";
import { SessionFacts } from "./session-facts.tsx";
import { useEventLog } from "./use-event-log.ts";

/** What the session does and is asked to do, and the facts beside it. */
export function LogView({ session }: { session: SessionDetail }) {
  const log = useEventLog(session.id);
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-4 lg:h-[calc(100dvh-21rem)] lg:min-h-[32rem]">
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
