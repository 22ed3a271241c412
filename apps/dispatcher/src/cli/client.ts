import { readFileSync } from "node:fs";
import { fromErrorRecord, HarnessError, type StateRoot } from "@harness/core";
import { hc } from "hono/client";
import type { App } from "../http/app.ts";
import type { Problem } from "../http/problem.ts";
import { readDispatcher } from "../supervisor/singleton.ts";

export type Api = ReturnType<typeof hc<App>>["api"];

/** The API of the dispatcher that runs on this state root. Throws `dispatcher-unreachable` when none does. */
export function connect(root: StateRoot): Api {
  const dispatcher = readDispatcher(root);
  if (!dispatcher) {
    throw new HarnessError("dispatcher-unreachable", `No dispatcher runs on ${root.path}.`);
  }
  const headers = { Authorization: `Bearer ${readFileSync(root.run.token, "utf8").trim()}` };
  return hc<App>(dispatcher.url, { headers }).api;
}

interface Answer<T> {
  ok: boolean;
  status: number;
  json(): Promise<T>;
}

/** The body of a good answer; any other is thrown as the error it tells of. */
export async function bodyOf<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await goodAnswer(request)).json();
}

/** The same for an answer that is plain text. */
export async function textOf(request: Promise<Answer<unknown> & { text(): Promise<string> }>): Promise<string> {
  return (await goodAnswer(request)).text();
}

async function goodAnswer<A extends Answer<unknown>>(request: Promise<A>): Promise<A> {
  const response = await request.catch((error: unknown) => {
    throw new HarnessError("dispatcher-unreachable", "The dispatcher does not answer.", {
      hint: "`harness doctor` says more. `harness down` ends it, `harness up` starts it.",
      cause: error,
    });
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  if (!problem?.code) {
    throw new HarnessError("dispatcher-unreachable", `The dispatcher answered ${response.status} and no reason.`);
  }
  const { code, detail: message, hint, details } = problem;
  throw fromErrorRecord({ code, message, hint, details });
}
