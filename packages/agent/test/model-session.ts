import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Event, Outbound, TurnFailure, WorktreeFacts } from "@harness/core";
import { testSession, type TestSession } from "./agent-process.ts";

const CLIENT = join(import.meta.dirname, "programs/model-client.mjs");

export interface Body {
  text: string;
  code: string;
  stopReason: string;
  failure?: TurnFailure;
  worktree?: WorktreeFacts;
}
export const bodyOf = (message: Outbound) => message.body as unknown as Body;

/** A session whose coding agent asks the model and ends well whatever that answers. */
export function askingSession(
  baseUrl: string,
  options: { client?: string[]; agent?: object } = {},
): Promise<TestSession> {
  const command = [process.execPath, CLIENT, ...(options.client ?? [])];
  return testSession({
    agent: { driver: "command", command, ...options.agent },
    spec: { endpoint: { wire: "anthropic", baseUrl }, model: "scripted" },
  });
}

export async function promptOnce(session: TestSession): Promise<Body> {
  return bodyOf(await session.reply(await session.send("go")));
}

export async function callsOf(session: TestSession): Promise<Event[]> {
  return (await session.events()).filter(({ type }) => type === "model.called");
}

/** The relay's process: a child of the agent process. */
export function relaysOf(agentPid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\s+([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        return parent === agentPid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("model-relay.cjs");
      } catch {
        return false;
      }
    });
}

export const lives = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** An address on which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
