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
  const at = beginning(path);
  return { path, tmp: `${at}.tmp`, claimed: `${at}.claimed`, done: `${at}.done`, bad: `${at}.bad` };
}

export function sessionPaths(directory: string): SessionPaths {
  const at = beginning(directory);
  const log = `${at}log`;
  const home = `${at}home`;
  return {
    directory,
    spec: `${at}session.json`,
    setup: `${at}setup.json`,
    gitConfig: `${at}git.config`,
    status: `${at}status.json`,
    statusPrevious: `${at}status.prev.json`,
    context: `${at}context.json`,
    contextPrevious: `${at}context.prev.json`,
    token: `${at}token`,
    lock: `${at}.lock`,
    inbox: boxPaths(`${at}inbox`),
    outbox: boxPaths(`${at}outbox`),
    log,
    events: `${log}/events.jsonl`,
    agentLog: `${log}/agent.log`,
    worktree: `${at}worktree`,
    home,
    work: `${home}/work`,
  };
}

// What each name below comes after. Put together and not joined: the dispatcher asks for all of them at every look.
function beginning(path: string): string {
  return join(path, "_").slice(0, -1);
}
