import type { App } from "@harness/dispatcher/app";
import { hc } from "hono/client";
import { problemOf, unreachable } from "./problem.ts";
import type { SessionDetail, SessionSummary } from "./shapes.ts";
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
