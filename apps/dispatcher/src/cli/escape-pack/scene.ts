import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SessionPaths, StateRoot } from "@harness/core";
import { socketName } from "@harness/credentials";
import type { Scene } from "@harness/sandbox/conformance";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { hubOfTemplate, templateName } from "../../worktrees/templates.ts";
import { KEY_VARIABLE, LIMITS, PROVIDER, type ProvingGround } from "./proving-ground.ts";

export interface Cast {
  /** The session from which the attempts are made, and another one. */
  readonly attacker: SessionPaths;
  readonly victim: SessionPaths;
  /** What the first one's worktree borrows, and the branch that it may push. */
  readonly objects: string | undefined;
  readonly branch: string;
  /** The person's own state root. */
  readonly real: StateRoot;
}

/** What the attempts aim at: another session, the dispatcher and its secrets, and what is there of the person's own. */
export function describeScene(
  ground: ProvingGround,
  { attacker: own, victim: other, objects, branch, real }: Cast,
): Scene {
  const { root, stage, repository, port } = ground;
  const victim = basename(other.directory);
  const running = readDispatcher(real);
  return {
    own: {
      worktree: own.worktree,
      home: own.home,
      borrowed: objects,
      places: [own.worktree, own.home, "/tmp"],
      limits: { processes: LIMITS.processes, memoryBytes: LIMITS.memory, fileBytes: LIMITS.fileSize },
      promised: ["/bin/sh", "/usr/bin/env"],
      variables: { HARNESS_SESSION: basename(own.directory) },
    },
    records: { directory: own.directory, files: recordsOf(own) },
    other: {
      directory: other.directory,
      files: [...recordsOf(other), join(other.worktree, "README.md")],
      socket: join(root.run.sockets, victim, socketName(PROVIDER)),
    },
    state: [...stateOf(root), join(repository, ".git/config"), real.path, ...stateOf(real)].filter((path) =>
      existsSync(path),
    ),
    mark: stage.mark,
    trace: stage.trace,
    dispatchers: [
      { port, token: own.token, paths: forbiddenTo(victim) },
      ...(running === null ? [] : [{ port: running.port, token: own.token, paths: [] }]),
    ],
    push: { ref: `refs/heads/${branch}` },
    templates: templatesOf(root, objects),
    model: { keyVariable: KEY_VARIABLE, elsewhere: stage.elsewhere },
  };
}

function recordsOf({ token, context, spec, status, events }: SessionPaths): string[] {
  return [token, context, spec, status, events];
}

// Not what a session's own places are in: their names are there inside, and nothing else of them.
function stateOf({ config, credentials, run }: StateRoot): string[] {
  return [config, credentials, run.path, run.token, run.log, run.sessions, run.workers, run.sockets];
}

/** What is there by now, and what would be there for a commit that nobody has worked at. */
function templatesOf({ hub }: StateRoot, objects: string | undefined): string[] {
  const next = objects === undefined ? [] : [templateName(dirname(objects), "0".repeat(40))];
  const names = readdirSync(hub).filter((name) => hubOfTemplate(name) !== null);
  return [...names.map((name) => join(hub, name)), ...next];
}

function forbiddenTo(victim: string): string[] {
  return [
    "GET /api/sessions",
    `GET /api/sessions/${victim}`,
    `GET /api/sessions/${victim}/messages?box=inbox`,
    `GET /api/sessions/${victim}/events`,
    `POST /api/sessions/${victim}/kill`,
    `POST /api/sessions/${victim}/token/rotate`,
    "POST /api/sessions",
    "POST /api/shutdown",
    "GET /api/events",
  ];
}
