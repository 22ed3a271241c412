import { join } from "node:path";

/** The paths of one mailbox. Dot directories are the reader's own. */
export interface Box {
  readonly path: string;
  readonly tmp: string;
  readonly claimed: string;
  readonly done: string;
  readonly bad: string;
}

/** Every path of one session. Pure: nothing is looked at. */
export interface SessionPaths {
  readonly directory: string;
  readonly spec: string;
  /** What its worktree needs before the first turn and after the last. */
  readonly setup: string;
  /** Where git in a session that may push finds its remote, with a worker key. */
  readonly gitConfig: string;
  readonly status: string;
  /** The generation of status.json before the current one. */
  readonly statusPrevious: string;
  readonly context: string;
  readonly contextPrevious: string;
  readonly token: string;
  readonly lock: string;
  readonly inbox: Box;
  readonly outbox: Box;
  readonly log: string;
  readonly events: string;
  readonly agentLog: string;
  readonly worktree: string;
  readonly home: string;
  /** Where the coding agent works when the session has no worktree. */
  readonly work: string;
}

export function boxPaths(path: string): Box {
  return {
    path,
    tmp: join(path, ".tmp"),
    claimed: join(path, ".claimed"),
    done: join(path, ".done"),
    bad: join(path, ".bad"),
  };
}

export function sessionPaths(directory: string): SessionPaths {
  const log = join(directory, "log");
  const home = join(directory, "home");
  return {
    directory,
    spec: join(directory, "session.json"),
    setup: join(directory, "setup.json"),
    gitConfig: join(directory, "git.config"),
    status: join(directory, "status.json"),
    statusPrevious: join(directory, "status.prev.json"),
    context: join(directory, "context.json"),
    contextPrevious: join(directory, "context.prev.json"),
    token: join(directory, "token"),
    lock: join(directory, ".lock"),
    inbox: boxPaths(join(directory, "inbox")),
    outbox: boxPaths(join(directory, "outbox")),
    log,
    events: join(log, "events.jsonl"),
    agentLog: join(log, "agent.log"),
    worktree: join(directory, "worktree"),
    home,
    work: join(home, "work"),
  };
}
