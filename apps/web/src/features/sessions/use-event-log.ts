import { useEffect, useReducer } from "react";
import { logUrl } from "../../lib/api.ts";
import type { LogEvent, SessionEvent } from "../../lib/shapes.ts";
import { openStream, type Stream } from "../../lib/stream.ts";
import { applyToLog, EMPTY_LOG, type EventLog } from "./event-log.ts";

const BATCH_MS = 50;

/** The log of one session, live while the tab is seen: a hidden one leaves its connection to the others. */
export function useEventLog(id: string): EventLog {
  const [log, apply] = useReducer(applyToLog, EMPTY_LOG);

  useEffect(() => {
    let stream: Stream | undefined;
    let lastSeq = 0;
    let batch: SessionEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;

    const flush = () => {
      timer = undefined;
      apply(batch);
      batch = [];
    };
    const follow = () => {
      stream?.close();
      stream = undefined;
      if (document.visibilityState === "hidden") return;
      stream = openStream(() => logUrl(id, lastSeq), {
        events: ["log"],
        onEvent: (data) => {
          const { event } = data as LogEvent;
          lastSeq = Math.max(lastSeq, event.seq);
          batch.push(event);
          timer ??= setTimeout(flush, BATCH_MS);
        },
        onConnection: () => undefined,
      });
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(timer);
      stream?.close();
    };
  }, [id]);

  return log;
}
