import { failureWords } from "@harness/core/telling";
import { inWords, plural } from "../../lib/format.ts";
import type { Badge, SessionSummary } from "../../lib/shapes.ts";
import { cut, firstLine, visible } from "../../lib/visible-text.ts";

/** What a person calls the session. */
export function titleOf(session: Pick<SessionSummary, "id" | "name">): string {
  return session.name ?? session.id;
}

/** The page's headline: what needs the person, else what goes on. */
export function headline(sessions: Iterable<SessionSummary>): string {
  const all = [...sessions];
  const count = (...badges: Badge[]) => all.filter(({ badge }) => badges.includes(badge)).length;
  const need = count("needs you", "failed", "lost");
  const work = count("working", "rate limited");
  if (need > 0) {
    const first = `${inWords(need)} ${need === 1 ? "session needs" : "sessions need"} you`;
    return work > 0 ? `${first}, ${inWords(work).toLowerCase()} at work.` : `${first}.`;
  }
  if (work > 0) return `${inWords(work)} ${work === 1 ? "session" : "sessions"} at work. Nothing needs you.`;
  const rest = count("idle", "parked");
  if (rest > 0) return `All quiet. ${inWords(rest)} ${rest === 1 ? "session" : "sessions"} at rest.`;
  return all.length > 0 ? "All done." : "No sessions yet.";
}

/** The tab's title: a number only when somebody is waited for. */
export function tabTitle(page: string, sessions: Iterable<SessionSummary>): string {
  const need = [...sessions].filter(({ badge }) => badge === "needs you").length;
  return need > 0 ? `(${need}) ${page}` : page;
}

const NEWS: Partial<Record<Badge, string>> = {
  "needs you": "needs you",
  failed: "failed",
  lost: "is lost",
  "rate limited": "is rate limited",
  done: "is done",
};

/** What a screen reader should say about the step from one list to the next: endings and calls, not every move. */
export function announcement(
  before: ReadonlyMap<string, SessionSummary>,
  after: ReadonlyMap<string, SessionSummary>,
): string {
  const news: string[] = [];
  for (const [id, session] of after) {
    const previous = before.get(id);
    const said = NEWS[session.badge];
    if (said !== undefined && previous !== undefined && previous.badge !== session.badge)
      news.push(`${cut(visible(titleOf(session)), 64)} ${said}.`);
  }
  if (news.length <= 3) return news.join(" ");
  return `${news.slice(0, 2).join(" ")} And ${plural(news.length - 2, "other")}.`;
}

/** The one line under a session's name: what it asks, else why its last turn failed, else what it last said. */
export function lineOf(session: SessionSummary): { kind: "asks" | "failed" | "says" | "nothing"; text: string } {
  const question = session.waiting[0];
  if (question !== undefined) return { kind: "asks", text: firstLine(question.text) };
  const failure = session.turn?.failure;
  if (failure !== undefined) return { kind: "failed", text: `${failureWords(failure)}: ${firstLine(failure.text)}` };
  const last = firstLine(session.lastLine ?? "");
  return last === "" ? { kind: "nothing", text: "Nothing said yet." } : { kind: "says", text: last };
}
