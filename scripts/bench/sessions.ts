import { createSession, sessionPaths, type SessionPaths } from "@harness/core";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { HARNESS_AGENT } from "./state.ts";

export interface LiveSession {
  id: string;
  paths: SessionPaths;
  child: ChildProcess;
}

/** A session whose coding agent answers without starting anything: what is measured is Harness alone. */
export async function createIdleSession(sessions: string, id: string): Promise<SessionPaths> {
  mkdirSync(sessions, { recursive: true });
  const paths = sessionPaths(join(sessions, id));
  const agent = { name: "scripted", driver: "scripted", script: [] };
  await createSession(paths, { v: 1, id, agent, createdAt: new Date().toISOString() }, { token: "bench" });
  return paths;
}

/** Starts the agent process of a session and resolves when it says that it is ready. */
export async function startAgent(paths: SessionPaths, id: string): Promise<LiveSession> {
  const child = spawn(HARNESS_AGENT, ["--session", id, "--ready-fd", "3", "--nonce", "bench"], {
    cwd: paths.directory,
    env: { HARNESS_STATE: paths.directory },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const ready = child.stdio[3];
  if (!ready || !("on" in ready)) throw new Error("No pipe to hear of readiness.");
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: ready as NodeJS.ReadableStream }).once("line", () => resolve());
    child.once("exit", (code) =>
      reject(new Error(`The agent process of ${id} ended with ${code} before it was ready.`)),
    );
  });
  return { id, paths, child };
}

/** `count` live sessions below `sessions`, started one after another in groups of eight. */
export async function startSessions(sessions: string, count: number): Promise<LiveSession[]> {
  const live: LiveSession[] = [];
  for (let first = 0; first < count; first += 8) {
    const group = Array.from({ length: Math.min(8, count - first) }, async (_, offset) => {
      const id = `bench-${first + offset}`;
      return startAgent(await createIdleSession(sessions, id), id);
    });
    live.push(...(await Promise.all(group)));
  }
  return live;
}
