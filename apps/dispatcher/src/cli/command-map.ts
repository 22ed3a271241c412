import type { CommandEntry } from "./command.ts";

/** Every command by its name; each is loaded only when it is called. */
export const COMMANDS: Record<string, CommandEntry> = {
  up: {
    group: "Dispatcher",
    summary: "start the dispatcher and the page",
    load: async () => (await import("./commands/up.ts")).declareUp,
  },
  down: {
    group: "Dispatcher",
    summary: "stop the dispatcher; sessions go on",
    load: async () => (await import("./commands/down.ts")).declareDown,
  },
  spawn: {
    takesProgram: true,
    group: "Sessions",
    summary: "start a session",
    load: async () => (await import("./commands/spawn.ts")).declareSpawn,
  },
  ps: {
    group: "Sessions",
    summary: "list the sessions",
    load: async () => (await import("./commands/ps.ts")).declarePs,
  },
  show: {
    group: "Sessions",
    summary: "everything about one session",
    load: async () => (await import("./commands/show.ts")).declareShow,
  },
  logs: {
    group: "Sessions",
    summary: "what a session did",
    load: async () => (await import("./commands/logs.ts")).declareLogs,
  },
  wait: {
    group: "Sessions",
    summary: "wait until sessions have nothing left to do",
    load: async () => (await import("./commands/wait.ts")).declareWait,
  },
  send: {
    group: "Talk",
    summary: "send a prompt",
    load: async () => (await import("./commands/send.ts")).declareSend,
  },
  answer: {
    group: "Talk",
    summary: "answer an open question or permission request",
    load: async () => (await import("./commands/answer.ts")).declareAnswer,
  },
  approve: {
    group: "Talk",
    summary: "allow what a coding agent asks permission for",
    load: async () => (await import("./commands/approve.ts")).declareApprove,
  },
  deny: {
    group: "Talk",
    summary: "refuse what a coding agent asks permission for",
    load: async () => (await import("./commands/deny.ts")).declareDeny,
  },
  stop: {
    group: "Life cycle",
    summary: "end the agent process, and keep it down",
    load: async () => (await import("./commands/stop.ts")).declareStop,
  },
  kill: {
    group: "Life cycle",
    summary: "end the agent process at once, and keep it down",
    load: async () => (await import("./commands/kill.ts")).declareKill,
  },
  resume: {
    group: "Life cycle",
    summary: "start a stopped or failed session again",
    load: async () => (await import("./commands/resume.ts")).declareResume,
  },
  setup: {
    group: "Life cycle",
    summary: "set a session's worktree up again",
    load: async () => (await import("./commands/setup.ts")).declareSetup,
  },
  rm: {
    group: "Life cycle",
    summary: "keep the unmerged work and remove a session",
    load: async () => (await import("./commands/rm.ts")).declareRm,
  },
  archive: {
    group: "Life cycle",
    summary: "end a session and make its directory self-contained",
    load: async () => (await import("./commands/archive.ts")).declareArchive,
  },
  diff: {
    group: "Work",
    summary: "what a session changed",
    load: async () => (await import("./commands/diff.ts")).declareDiff,
  },
  review: {
    group: "Work",
    summary: "send comments on lines of a diff to its session",
    load: async () => (await import("./commands/review.ts")).declareReview,
  },
  merge: {
    group: "Work",
    summary: "merge what sessions committed",
    load: async () => (await import("./commands/merge.ts")).declareMerge,
  },
  salvage: {
    group: "Work",
    summary: "what is kept of sessions that are gone, and how it comes back",
    load: async () => (await import("./commands/salvage.ts")).declareSalvage,
  },
  merges: {
    group: "Work",
    summary: "the merge queue",
    load: async () => (await import("./commands/merges.ts")).declareMerges,
  },
  rebase: {
    group: "Work",
    summary: "put a session's commits on top of the branch they go into",
    load: async () => (await import("./commands/rebase.ts")).declareRebase,
  },
  conflicts: {
    group: "Work",
    summary: "which sessions will not merge with each other",
    load: async () => (await import("./commands/conflicts.ts")).declareConflicts,
  },
  agents: {
    group: "Machine",
    summary: "which coding agents are installed, and how each is driven",
    load: async () => (await import("./commands/agents.ts")).declareAgents,
  },
  credential: {
    group: "Machine",
    summary: "keys of providers: set, ls, test, rm, unlock, allow",
    load: async () => (await import("./commands/credential.ts")).declareCredential,
  },
  disk: {
    group: "Machine",
    summary: "what sessions, hubs and the archive take of the disk",
    load: async () => (await import("./commands/disk.ts")).declareDisk,
  },
  token: {
    group: "Machine",
    summary: "rotate or revoke a session's own token",
    load: async () => (await import("./commands/token.ts")).declareToken,
  },
  conformance: {
    takesProgram: true,
    group: "Machine",
    summary: "does somebody else's program keep the protocol?",
    load: async () => (await import("./commands/conformance.ts")).declareConformance,
  },
  "escape-pack": {
    group: "Machine",
    summary: "try to get out of a session, in every way that is known",
    load: async () => (await import("./commands/escape-pack.ts")).declareEscapePack,
  },
  install: {
    group: "Machine",
    summary: "put harness and harness-agent on PATH",
    load: async () => (await import("./commands/install.ts")).declareInstall,
  },
  doctor: {
    group: "Machine",
    summary: "what works on this machine, and how to mend what does not",
    load: async () => (await import("./commands/doctor.ts")).declareDoctor,
  },
  demo: {
    group: "Machine",
    summary: "two sessions side by side, with no account and no key",
    load: async () => (await import("./commands/demo.ts")).declareDemo,
  },
};
