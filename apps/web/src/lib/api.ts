import { problemOf, unreachable } from "./problem.ts";
import type { SessionDetail, SessionSummary } from "./shapes.ts";
import { createStore } from "./store.ts";

export type Access = "unknown" | "signed in" | "signed out";

/** Whether the dispatcher lets this browser in: every answer of the API tells. */
export const access = createStore<Access>("unknown");

const session = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;

export const EVENTS_URL = "/api/events";
/** The log after the event number `after`, live. */
export const logUrl = (id: string, after: number) => `${session(id)}/events/stream?after=${after}`;

/** A one-time code for a cookie. */
export const signIn = (code: string) => call<unknown>("POST", "/api/login", { code });
export const listSessions = () => call<SessionSummary[]>("GET", "/api/sessions?all=1");
export const getSession = (id: string) => call<SessionDetail>("GET", session(id));
export const sendPrompt = (id: string, prompt: { id: string; text: string }) =>
  call<{ id: string; outcome: string }>("POST", `${session(id)}/messages`, {
    id: prompt.id,
    kind: "prompt",
    body: { text: prompt.text },
  });
export const answerQuestion = (id: string, answer: { to: string; option?: string; text?: string }) =>
  call<unknown>("POST", `${session(id)}/answers`, answer);
export const changeSession = (id: string, change: "stop" | "resume" | "close") =>
  call<unknown>("POST", `${session(id)}/${change}`);

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const headers = { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const request: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await fetch(path, request).catch(() => {
    throw unreachable();
  });
  if (response.ok) {
    access.set("signed in");
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  if (response.status === 401) access.set("signed out");
  throw problemOf(response.status, await response.json().catch(() => undefined));
}
