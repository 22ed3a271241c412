import { join, resolve } from "node:path";
import { parseId } from "../ids.ts";
import { sessionPaths, type SessionPaths } from "./session-directory.ts";

/** What the dispatcher remembers about one session. Can be rebuilt; never visible to a coding agent. */
export interface RunPaths {
  readonly directory: string;
  readonly wanted: string;
  readonly cursor: string;
  readonly acted: string;
}

/** Every path of the state root. Pure: nothing is looked at. */
export interface StateRoot {
  readonly path: string;
  readonly config: string;
  readonly jobs: string;
  readonly workflows: string;
  readonly sessions: string;
  readonly hub: string;
  readonly archive: string;
  readonly trash: string;
  readonly demo: string;
  /** Keys of providers, as `harness credential set` keeps them. Never visible to a coding agent. */
  readonly credentials: string;
  readonly run: {
    readonly path: string;
    readonly lock: string;
    readonly dispatcher: string;
    readonly token: string;
    readonly log: string;
    readonly sentinel: string;
    readonly sessions: string;
    /** Merges on their way, a file each. */
    readonly merges: string;
    /** What gates printed, and the checkouts they run in. */
    readonly gates: string;
    readonly radar: string;
    readonly workers: string;
    /** Below it a directory for each session, all that its sandbox sees of it. */
    readonly sockets: string;
  };
  /** Throws `id-invalid`. */
  session(id: string): SessionPaths;
  /** Throws `id-invalid`. */
  runOf(id: string): RunPaths;
  /** Throws `id-invalid`. */
  workerOf(provider: string): WorkerPaths;
}

/** What belongs to the credential worker of one provider. */
export interface WorkerPaths {
  readonly directory: string;
  /** Which process it is: written by the dispatcher. */
  readonly record: string;
  readonly log: string;
  /** The key, where it is kept here. */
  readonly credential: string;
  /** Logins that the key opens, written by the worker. */
  readonly logins: string;
  /** One of them. Throws `id-invalid`. */
  login(id: string): string;
}

/** The state root's place: `$HARNESS_HOME`, or `~/.harness`. */
export function stateRootPath(env: { HARNESS_HOME?: string | undefined; HOME?: string | undefined }): string {
  if (env.HARNESS_HOME) return resolve(env.HARNESS_HOME);
  // Rarely needed, so not loaded by every process.
  return join(env.HOME || process.getBuiltinModule("node:os").homedir(), ".harness");
}

export function stateRoot(path: string): StateRoot {
  const run = join(path, "run");
  const runSessions = join(run, "sessions");
  const sessions = join(path, "sessions");
  const workers = join(run, "credentials");
  const credentials = join(path, "credentials");
  return {
    path,
    config: join(path, "config.yaml"),
    jobs: join(path, "jobs"),
    workflows: join(path, "workflows"),
    sessions,
    hub: join(path, "hub"),
    archive: join(path, "archive"),
    trash: join(path, "trash"),
    demo: join(path, "demo"),
    credentials,
    run: {
      path: run,
      lock: join(run, "dispatcher.lock"),
      dispatcher: join(run, "dispatcher.json"),
      token: join(run, "token"),
      log: join(run, "dispatcher.log"),
      sentinel: join(run, "root.json"),
      sessions: runSessions,
      merges: join(run, "merges"),
      gates: join(run, "gates"),
      radar: join(run, "radar"),
      workers,
      sockets: join(run, "sockets"),
    },
    session: (id) => sessionPaths(join(sessions, parseId(id, "session id"))),
    runOf: (id) => {
      const directory = join(runSessions, parseId(id, "session id"));
      return {
        directory,
        wanted: join(directory, "wanted.json"),
        cursor: join(directory, "cursor.json"),
        acted: join(directory, "acted"),
      };
    },
    workerOf: (provider) => {
      const directory = join(workers, parseId(provider, "provider name"));
      const logins = join(credentials, `${provider}.logins`);
      return {
        directory,
        record: join(directory, "worker.json"),
        log: join(directory, "worker.log"),
        credential: join(credentials, `${provider}.json`),
        logins,
        login: (id) => join(logins, `${parseId(id, "login id")}.json`),
      };
    },
  };
}
