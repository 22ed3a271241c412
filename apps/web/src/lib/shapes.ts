import type { Event } from "@harness/core";
import type {
  ApiEvent,
  FileDiff,
  MergeItem,
  Preview,
  SessionDetail,
  SessionDiff,
  SessionSummary,
  ToldSalvage,
} from "@harness/dispatcher/app";

export type { ApiEvent, FileDiff, MergeItem, Preview, SessionDetail, SessionDiff, SessionSummary, ToldSalvage };
export type Badge = SessionSummary["badge"];
export type OpenQuestion = SessionSummary["waiting"][number];

/** One line of a session's log. The type says what an agent process should have written: look before relying on it. */
export type SessionEvent = Event;

/** What the stream of one session carries. */
export interface LogEvent {
  type: "log";
  session: string;
  event: SessionEvent;
}
