import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory, until } from "@harness/core/testing";
import type { SessionSummary } from "../src/lib/shapes.ts";

const HARNESS = join(import.meta.dirname, "../../dispatcher/bin/harness");

/** A step of the `scripted` driver. */
export type Step = { do: string } & Record<string, unknown>;

export interface TestDispatcher {
  readonly home: string;
  readonly url: string;
  /** An address that signs a browser in, once. */
  link(): Promise<string>;
  /** A session that does `turns` one by one, a list of steps for each prompt. */
  spawn(
    task: string,
    turns: Step[][],
    facts?: {
      name?: string;
      labels?: Record<string, string>;
      repository?: string;
      branch?: string;
      sandbox?: "none";
    },
  ): Promise<SessionSummary>;
  session(id: string): Promise<SessionSummary>;
  /** The session has ended so many turns. */
  rested(id: string, turns: number): Promise<void>;
  /** The API, as the person's programs ask it. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends the dispatcher and starts it again on the same port. The sessions live on. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The real thing, `harness up` and all, on a state root of its own. */
export async function openDispatcher(): Promise<TestDispatcher> {
  const directory = temporaryDirectory("harness-web-");
  const home = join(directory.path, "state");
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: directory.path, HARNESS_HOME: home };
  let child: ChildProcess | undefined;
  let url = "";
  let output = "";

  const start = async () => {
    output = "";
    const port = url === "" ? "0" : new URL(url).port;
    const up = spawn(HARNESS, ["up", "--port", port], { env, stdio: ["ignore", "pipe", "pipe"] });
    child = up;
    for (const stream of [up.stdout, up.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    const found = await until(
      () => {
        if (up.exitCode !== null) throw new Error(`harness up ended with ${up.exitCode}:\n${output}`);
        return /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
      },
      { what: "harness up prints its address", timeoutMs: 20_000 },
    );
    url = found;
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const token = (await readFile(join(home, "run/token"), "utf8")).trim();
    // A kept connection may be closed by the server at the moment in which it is used again.
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" };
    const request = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, request);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  await start();

  return {
    home,
    get url() {
      return url;
    },
    link: async () => `${url}/#code=${(await call<{ code: string }>("POST", "/api/login/code")).code}`,
    spawn: (task, script, facts = {}) => call("POST", "/api/sessions", { task, agent: "scripted", script, ...facts }),
    session: (id) => call("GET", `/api/sessions/${id}`),
    rested: async (id, turns) => {
      const isRested = ({ turns: ended, turn }: SessionSummary) => ended >= turns && turn?.state !== "running";
      await until(async () => isRested(await call<SessionSummary>("GET", `/api/sessions/${id}`)), {
        what: `session ${id} ends turn ${turns}`,
        timeoutMs: 40_000,
      });
    },
    ask: call,
    stop,
    start,
    close: async () => {
      if (child?.exitCode === null) await call("POST", "/api/shutdown", { all: true });
      await until(() => child?.exitCode !== null, { what: "the dispatcher ends", timeoutMs: 20_000 });
      await directory[Symbol.asyncDispose]();
    },
  };
}
