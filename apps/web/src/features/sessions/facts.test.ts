import { expect, test } from "vitest";
import { summary } from "../../../test/summary.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { factsOf } from "./facts.ts";

const detail = (facts: Partial<SessionDetail> = {}): SessionDetail => ({
  ...summary(),
  directory: "/h/sessions/a",
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
  ...facts,
});
const told = (facts: Partial<SessionDetail>) =>
  Object.fromEntries(factsOf(detail(facts)).map(({ name, value }) => [name, value]));
const wanted = { v: 1 as const, session: "a", generation: 1, restarts: [], updatedAt: "" };
const exit = { at: "", class: "failed" as const, code: 1, signal: null, cause: "no such program" };

test.each<[string, Partial<SessionDetail>, Record<string, string>]>([
  ["a living process has its pid", { pid: 7 }, { Process: "alive, pid 7" }],
  ["no process is none", { alive: false, pid: null }, { Process: "none" }],
  [
    "a name of its own does not hide the driver",
    { agent: { name: "pi", driver: "command" } },
    { Agent: "pi (command)" },
  ],
  [
    "a model has its place, and its key is said to be in its worker",
    {
      keyInWorker: true,
      provider: "local",
      model: "qwen3",
      spec: {
        v: 1,
        id: "a",
        agent: { driver: "pi" },
        endpoint: { wire: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", keyEnv: "LOCAL_KEY" },
      },
    },
    {
      Model: "qwen3",
      Provider: "local",
      Endpoint: "http://127.0.0.1:1/v1 (openai-chat)",
      Key: "key in credential worker",
    },
  ],
  ["a driver alone is said once", {}, { Agent: "scripted" }],
  [
    "a wait for a slot shows",
    { wanted: { ...wanted, wanted: "run", queued: true } },
    { Wanted: "run, waits for a free slot" },
  ],
  [
    "giving up shows",
    { wanted: { ...wanted, wanted: "run", failed: "5 restarts." } },
    { Wanted: "given up: 5 restarts." },
  ],
  ["an exit by code", { lastExit: exit }, { "Last exit": "failed, exit 1, no such program" }],
  [
    "an exit by signal",
    { lastExit: { ...exit, class: "signaled", code: null, signal: "SIGKILL", cause: "" } },
    { "Last exit": "signaled, SIGKILL" },
  ],
])("%s", (_, facts, expected) => {
  expect(told(facts)).toMatchObject(expected);
});

test("what is not there is not listed", () => {
  expect(Object.keys(told({}))).toEqual(["Process", "Agent", "Directory", "Id"]);
});
