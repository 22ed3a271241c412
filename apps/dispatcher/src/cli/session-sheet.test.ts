import { expect, test } from "vitest";
import type { SessionDetail } from "../sessions/schema.ts";
import { sessionSheet } from "./session-sheet.ts";
import type { Terminal } from "./terminal.ts";

const NOW = Date.parse("2026-11-23T12:00:00.000Z");
const terminal: Terminal = {
  line: () => undefined,
  json: () => undefined,
  note: () => undefined,
  colour: (_, text) => text,
  columns: undefined,
};

function sheet(change: Partial<SessionDetail>): string {
  const detail: SessionDetail = {
    id: "k3x",
    name: null,
    task: "fix it",
    badge: "idle",
    state: "open",
    agent: { name: "pi", driver: "pi" },
    provider: null,
    model: null,
    branch: null,
    repository: null,
    base: null,
    turn: null,
    turns: 1,
    lastLine: null,
    wall: null,
    waiting: [],
    labels: {},
    createdAt: "2026-11-23T11:53:00.000Z",
    updatedAt: "2026-11-23T11:53:00.000Z",
    alive: true,
    pid: 1,
    damaged: [],
    notes: [],
    collisions: [],
    directory: "/h/sessions/k3x",
    wanted: null,
    context: null,
    spec: null,
    lastExit: null,
    keyInsideSession: false,
    limits: null,
    keyInWorker: false,
    copied: [],
    ports: {},
    source: null,
    paths: { worktree: null, inbox: "", outbox: "", log: "" },
    ...change,
  };
  return sessionSheet(detail, terminal, NOW).join("\n");
}

const endpoint = { wire: "openai-chat" as const, baseUrl: "http://127.0.0.1:1/v1", keyEnv: "LOCAL_KEY" };
const spec = { v: 1 as const, id: "k3x", agent: { driver: "pi" }, endpoint };

test("a model is told with where it is and where its key is", () => {
  const inside = sheet({ provider: "local", model: "qwen3", spec, keyInsideSession: true });
  expect(inside).toMatch(/^model +qwen3, from local, http:\/\/127\.0\.0\.1:1\/v1 \(openai-chat\)$/m);
  expect(inside).toMatch(/^key +LOCAL_KEY, key inside session$/m);
  const absent = sheet({ provider: "local", spec });
  expect(absent).toMatch(/^model +the coding agent's default, from local/m);
  expect(absent).toMatch(/^key +LOCAL_KEY, not set$/m);
  expect(sheet({})).not.toMatch(/^(model|key|failure|user)/m);
  expect(sheet({ runsAs: 1_900_000_001 })).toMatch(/^user +1900000001, not the dispatcher's$/m);
});

test("why the last turn failed is told with what to do", () => {
  const failure = { code: "model-rate-limited", text: "429\nslow down" };
  const turn = { state: "ended" as const, attempt: 1, startedAt: "", stopReason: "failed" as const, failure };
  expect(sheet({ turn })).toMatch(
    /^failure +the model endpoint asks to wait \(model-rate-limited\)\n +429\n +slow down\n +-> Send the prompt again/m,
  );
});

test("a request is told with its deadline and with the commands that answer it", () => {
  const options = [
    { id: "a", label: "Allow", kind: "allow_once" },
    { id: "r", label: "Reject", kind: "reject_once" },
  ];
  const request = { id: "q1", kind: "permission" as const, text: "rm -rf build", options };
  const shown = sheet({ waiting: [{ ...request, deadlineAt: "2026-11-23T12:05:00.000Z" }] });
  expect(shown).toMatch(/^permission +rm -rf build\n +\(unanswered in 5 min, it is refused\)\n/m);
  expect(shown).toContain("harness approve k3x q1");
  expect(shown).toContain("harness deny k3x q1");
  const unclear = sheet({ waiting: [{ ...request, options: [{ id: "a", label: "Allow" }] }] });
  expect(unclear).toContain("harness answer k3x q1 --option …");
  expect(unclear).not.toContain("harness approve");
});

test("what it reaches is told by name, and its limits with those that do not hold here", () => {
  const limits = { processes: 4096, memoryBytes: 2 ** 33, fileBytes: 2 ** 30 };
  const listed = { ...spec, network: "list", hosts: ["registry.npmjs.org:443", "10.0.0.7:8080"], limits };
  const wall = { sandbox: "bubblewrap", network: "list" } as const;
  const shown = sheet({ spec: listed, wall, limits: { ...limits, memoryOf: "session" } });
  expect(shown).toMatch(/^sandbox +bubblewrap, network: list, registry\.npmjs\.org:443, 10\.0\.0\.7:8080$/m);
  expect(shown).toMatch(/^limits +4096 processes, 8 GiB of memory in all, 1 GiB for each file$/m);
  const untested = sheet({ spec, wall: { sandbox: "seatbelt", network: "provider" } });
  expect(untested).toMatch(/^sandbox +seatbelt \(sandbox not tested\), network: provider$/m);
  const weaker = sheet({ spec: listed, limits: { memoryBytes: 12_345_678, memoryOf: "process" } });
  expect(weaker).toMatch(
    /^limits +11\.8 MiB of memory for each process; not limited on this machine: processes, files$/m,
  );
  expect(sheet({ spec: listed })).toMatch(/^limits +set at the first turn$/m);
  expect(sheet({ spec: listed, limits: { memoryOf: "process" } })).toMatch(/^limits +not limited on this machine: /m);
  expect(sheet({ spec })).not.toMatch(/^limits/m);
});
