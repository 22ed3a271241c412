import type { App } from "@harness/dispatcher/app";
import { hc } from "hono/client";
import { problemOf, unreachable } from "./problem.ts";
import type { MergeItem, Preview, SessionDetail, SessionDiff, SessionSummary, ToldSalvage } from "./shapes.ts";
import { createStore } from "./store.ts";

export type Access = "unknown" | "signed in" | "signed out";

/** Whether the dispatcher lets this browser in: every answer of the API tells. */
export const access = createStore<Access>("unknown");

// The cookie goes along by itself, and the browser says which page asks: the dispatcher wants nothing more of a request.
const api = hc<App>("/").api;
const session = api.sessions[":id"];

export const EVENTS_URL = "/api/events";
/** The log after the event number `after`, live. */
export const logUrl = (id: string, after: number) =>
  `/api/sessions/${encodeURIComponent(id)}/events/stream?after=${after}`;

/** A one-time code for a cookie. */
export const signIn = (code: string) => bodyOf(api.login.$post({ json: { code } }));
export const listSessions = (): Promise<SessionSummary[]> => bodyOf(api.sessions.$get({ query: { all: "1" } }));
export const getSession = (id: string): Promise<SessionDetail> => bodyOf(session.$get({ param: { id } }));
export const sendPrompt = (id: string, prompt: { id: string; text: string }) =>
  bodyOf(
    session.messages.$post({ param: { id }, json: { id: prompt.id, kind: "prompt", body: { text: prompt.text } } }),
  );
export const answerQuestion = (id: string, answer: { to: string; option?: string; text?: string }) =>
  bodyOf(session.answers.$post({ param: { id }, json: answer }));
export const changeSession = (id: string, change: "stop" | "resume" | "close") =>
  bodyOf(session[change].$post({ param: { id } }));

export interface DiffWish {
  against: SessionDiff["against"];
  into?: string;
  /** The commit of a merge that has not ended: exactly that, whatever the session has done since. */
  tip?: string;
}
export interface Comment {
  path: string;
  side: "old" | "new";
  line: number;
  /** Of the content that was read: a comment on another one is refused. */
  oid: string;
  text: string;
}
export interface MergeWish {
  how: MergeItem["how"];
  into?: string;
}

export const getDiff = (id: string, wish: DiffWish): Promise<SessionDiff> =>
  bodyOf(session.diff.$get({ param: { id }, query: wish }));
/** All comments go as one message. */
export const sendReview = (id: string, review: { id: string; comments: Comment[]; message?: string } & DiffWish) =>
  bodyOf(session.reviews.$post({ param: { id }, json: review }));
export const previewMerge = (id: string, wish: MergeWish): Promise<Preview> =>
  bodyOf(session.merge.$get({ param: { id }, query: wish }));

const merge = api.merges[":id"];
export const listMerges = (): Promise<MergeItem[]> => bodyOf(api.merges.$get({ query: { all: "1" } }));
/** Puts exactly the commit `expect.tip` into the queue. */
export const enqueueMerge = (
  id: string,
  wish: MergeWish & { message?: string; expect: { tip: string; policy: string } },
): Promise<MergeItem[]> => bodyOf(api.merges.$post({ json: { sessions: [id], ...wish } }));
/** Yes to what was found in exactly this commit, and to exactly this list of it. */
export const approveMerge = (id: string, approval: { tip: string; digest?: string }): Promise<MergeItem> =>
  bodyOf(merge.approve.$post({ param: { id }, json: approval }));
export const cancelMerge = (id: string): Promise<MergeItem> => bodyOf(merge.cancel.$post({ param: { id } }));

const salvage = api.salvage[":id"];
export const listSalvages = (): Promise<ToldSalvage[]> => bodyOf(api.salvage.$get());
export const showSalvage = (id: string) => bodyOf(salvage.$get({ param: { id } }));
export const restoreSalvage = (id: string, branch: string) =>
  bodyOf(salvage.restore.$post({ param: { id }, json: { branch } }));

interface Answer<T> {
  ok: boolean;
  status: number;
  json(): Promise<T>;
}

async function bodyOf<T>(request: Promise<Answer<T>>): Promise<T> {
  const response = await request.catch(() => {
    throw unreachable();
  });
  if (response.ok) {
    access.set("signed in");
    return response.json();
  }
  if (response.status === 401) access.set("signed out");
  throw problemOf(response.status, await response.json().catch(() => undefined));
}
