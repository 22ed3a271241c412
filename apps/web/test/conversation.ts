import type { SessionDetail, SessionEvent } from "../src/lib/shapes.ts";
import { summary } from "./summary.ts";

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const home = "/home/mira/.harness/sessions/k3f7ab2c4d";

/** A session of a coding agent that asks a paid model, in the middle of its third turn. */
export function conversation(): SessionDetail {
  return {
    ...summary({
      id: "k3f7ab2c4d",
      name: "hotfix",
      badge: "needs you",
      agent: { name: "pi", driver: "pi" },
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      branch: "hotfix/login",
      repository: "/home/mira/projects/storefront",
      base: "main",
      task: "Fix the login redirect: after signing in, people land on /undefined instead of the page they came from.",
      turn: { state: "running", attempt: 1, startedAt: ago(40) },
      turns: 2,
      waiting: [
        {
          id: "q1",
          kind: "permission",
          text: "bash: git push --force-with-lease origin hotfix/login\n\nThe branch was rebased onto main; the remote has the old commits.",
          options: [
            { id: "a", label: "Allow", kind: "allow_once" },
            { id: "b", label: "Allow all `git push` in this session", kind: "allow_always" },
            { id: "c", label: "Reject", kind: "reject_once" },
          ],
          deadlineAt: ago(-540),
        },
      ],
      notes: ["key inside session"],
      createdAt: ago(400),
    }),
    directory: home,
    wanted: null,
    context: null,
    spec: {
      v: 1,
      id: "k3f7ab2c4d",
      agent: { name: "pi", driver: "pi" },
      endpoint: { wire: "anthropic", baseUrl: "https://api.anthropic.com", keyEnv: "ANTHROPIC_API_KEY" },
    },
    lastExit: null,
    keyInsideSession: true,
    limits: null,
    keyInWorker: false,
    copied: [],
    ports: {},
    source: "/home/mira/projects/storefront",
    paths: { worktree: `${home}/worktree`, inbox: `${home}/inbox`, outbox: `${home}/outbox`, log: `${home}/log` },
  };
}

const tests = [
  " RUN  v5.1.1 /worktree",
  "",
  " ❯ src/auth/login.test.ts (12 tests | 1 failed) 84ms",
  "   ✓ signs in with a password",
  "   ✓ refuses a wrong password",
  "   ✗ goes back to the page somebody came from",
  "     AssertionError: expected '/undefined' to be '/cart'",
  "",
  " Test Files  1 failed | 41 passed (42)",
  "      Tests  1 failed | 388 passed (389)",
].join("\n");
const source = Array.from({ length: 60 }, (_, line) => `${line + 1}  const step${line} = next(step${line - 1});`).join(
  "\n",
);

/** Its log, as the drivers write it. */
export function conversationEvents(): SessionEvent[] {
  const turn = (name: string) => ({ turn: name });
  const said = (name: string, ...pieces: string[]) =>
    pieces.map((text) => ({ type: "text.written", ...turn(name), text }));
  const used = (name: string, ...[call, tool, args, ok, text]: [string, string, object, boolean, string]) => [
    { type: "tool.called", ...turn(name), call, tool, text: JSON.stringify(args) },
    { type: "tool.returned", ...turn(name), call, ok, text },
  ];
  const asked = (name: string, text: string) => ({
    type: "turn.started",
    ...turn(name),
    message: `m-${name}`,
    attempt: 1,
    text,
    resumed: false,
  });
  const bodies: { type: string; [field: string]: unknown }[] = [
    { type: "session.started", pid: 4711 },
    asked("t1", conversation().task),
    ...said("t1", "I'll look at how the login page ", "hands the address on, ", "then run its tests.\n"),
    ...used("t1", "c1", "read", { path: "src/auth/login.ts" }, true, source),
    ...used("t1", "c2", "bash", { command: "npm test -- src/auth", timeout: 120 }, false, tests),
    ...said(
      "t1",
      "The page writes `returnTo` into the query, the callback reads it from the session: nobody copies it.",
    ),
    ...used(
      "t1",
      "c3",
      "edit",
      { path: "src/auth/callback.ts", oldText: "session.returnTo", newText: "query.returnTo" },
      true,
      "Replaced 1 occurrence.",
    ),
    ...used(
      "t1",
      "c4",
      "bash",
      { command: "npm test -- src/auth && git commit -qam 'Go back to where people came from'" },
      true,
      "",
    ),
    ...said("t1", "Fixed and committed. All 389 tests pass."),
    {
      type: "turn.ended",
      ...turn("t1"),
      stopReason: "end_turn",
      text: "Fixed and committed. All 389 tests pass.",
      worktree: { changed: 2, moved: true, head: "1a2b3c4d5e6f7a8b9c0d" },
      usage: { inputTokens: 48_211, outputTokens: 1930, costUsd: 0.1736 },
    },
    asked("t2", "Then sign the cookie. Keep its name."),
    { type: "model.called", ...turn("t2"), outcome: "refused", status: 529, durationMs: 900, text: "Overloaded" },
    {
      type: "model.called",
      ...turn("t2"),
      outcome: "refused",
      status: 429,
      durationMs: 300,
      text: "This request would exceed your rate limit of 50 requests per minute.",
    },
    {
      type: "turn.ended",
      ...turn("t2"),
      stopReason: "failed",
      text: "",
      failure: {
        code: "model-rate-limited",
        text: "429 rate_limit_error: This request would exceed your rate limit of 50 requests per minute.",
        retryAt: "2026-11-26T21:10:00Z",
      },
      worktree: { changed: 0, moved: false },
    },
    asked("t3", "Go on."),
    ...used(
      "t3",
      "c1",
      "bash",
      { command: "git rebase main" },
      true,
      "Successfully rebased and updated refs/heads/hotfix/login.",
    ),
    {
      type: "tool.called",
      ...turn("t3"),
      call: "c2",
      tool: "bash",
      text: JSON.stringify({ command: "git push --force-with-lease origin hotfix/login" }),
    },
    {
      type: "question.asked",
      ...turn("t3"),
      question: "q1",
      text: "bash: git push --force-with-lease origin hotfix/login",
    },
  ];
  return bodies.map((body, index) => ({ v: 1, seq: index + 1, at: ago(400 - index * 12), ...body }));
}
