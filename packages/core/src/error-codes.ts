/* oxlint-disable max-lines -- one entry for each thing that can go wrong, to be looked up in one place */

/** What transports look at: nothing else decides an HTTP status or an exit code. */
export type ErrorKind =
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "limit"
  | "unavailable"
  | "internal";

export const ERROR_KINDS: Record<ErrorKind, { status: number; exitCode: number; retry: boolean }> = {
  invalid: { status: 400, exitCode: 2, retry: false },
  unauthorized: { status: 401, exitCode: 1, retry: false },
  forbidden: { status: 403, exitCode: 1, retry: false },
  "not-found": { status: 404, exitCode: 1, retry: false },
  conflict: { status: 409, exitCode: 1, retry: false },
  limit: { status: 429, exitCode: 1, retry: true },
  unavailable: { status: 503, exitCode: 1, retry: true },
  internal: { status: 500, exitCode: 70, retry: false },
};

interface ErrorEntry {
  kind: ErrorKind;
  title: string;
  hint: string;
}

const entry = (kind: ErrorKind, title: string, hint: string): ErrorEntry => ({ kind, title, hint });

/** Every error code. A code is permanent: it is never renamed, reused or given another kind. */
export const ERROR_CODES = {
  "agent-not-chosen": entry(
    "conflict",
    "No coding agent chosen",
    "Give `-- <command>` or `--agent <name>`, or write `agent` into session.json.",
  ),
  "agent-not-found": entry("not-found", "Unknown agent", "`harness agents` lists them. Or give a program after `--`."),
  "agent-not-installed": entry(
    "not-found",
    "Coding agent not installed",
    "`harness agents` says how each one is installed.",
  ),
  "agent-unreachable": entry(
    "conflict",
    "Coding agent closed to other users",
    "Install it where every user can read it, such as /opt or /usr/local, or write `users: one` into config.yaml.",
  ),
  "approval-needed": entry(
    "conflict",
    "A person has to approve this",
    "Look at what is listed, then approve exactly this commit with --allow-risky.",
  ),
  "attempts-exhausted": entry(
    "conflict",
    "Too many attempts",
    "Read its reason in inbox/.bad, then send the message again under a new id.",
  ),
  "base-lost": entry(
    "unavailable",
    "The repository is gone",
    "Move it back, or leave a link from the old place to the new one. What the session did can still be shown, saved and archived.",
  ),
  "branch-exists": entry(
    "conflict",
    "Branch exists",
    "Choose another --branch, or add --continue to go on with that branch.",
  ),
  "branch-has-merges": entry(
    "conflict",
    "Not a straight line of commits",
    "Merge it with --merge-commit or --squash instead.",
  ),
  "branch-invalid": entry(
    "invalid",
    "Not a branch name",
    "Letters, digits, dots, dashes and slashes make a branch name, such as feature/login.",
  ),
  "comment-misplaced": entry(
    "invalid",
    "No such line in the diff",
    "`harness diff <id>` shows the lines that can be commented on.",
  ),
  "config-invalid": entry("invalid", "Invalid configuration", "Correct config.yaml at the line named."),
  "credential-locked": entry(
    "conflict",
    "The key is locked",
    "`harness credential unlock <provider>` asks for its passphrase.",
  ),
  "credential-not-found": entry("not-found", "No such credential", "`harness credential ls` lists what is there."),
  "credential-worker-failed": entry(
    "unavailable",
    "Credential worker not running",
    "`harness doctor` says what is missing.",
  ),
  "dispatcher-running": entry(
    "conflict",
    "Dispatcher already running",
    "Use the running one, or end it with `harness down`.",
  ),
  "dispatcher-unreachable": entry("unavailable", "Dispatcher not running", "Start it with `harness up`."),
  "file-exists": entry("conflict", "File exists", "Look at it first; then move it away, or ask to replace it."),
  forbidden: entry(
    "forbidden",
    "Not allowed",
    "This token does not cover that. Use the token of the person who runs the dispatcher.",
  ),
  "from-the-future": entry(
    "conflict",
    "Written by a newer version",
    "Use the newer version of Harness. The file was left as it is.",
  ),
  "gate-failed": entry("conflict", "The gate is red", "`harness merges --log <merge>` shows what it printed."),
  "gate-unavailable": entry(
    "unavailable",
    "The gate could not be run",
    "Correct the gate of this repository in config.yaml. Nothing was merged.",
  ),
  "git-failed": entry("unavailable", "git failed", "See git's own words in the message."),
  "git-missing": entry("unavailable", "git not found", "Install git 2.38 or newer and put it on PATH."),
  "host-unknown": entry(
    "forbidden",
    "Unknown host name",
    "Open it as http://127.0.0.1 or http://localhost with its own port.",
  ),
  "id-ambiguous": entry("invalid", "Ambiguous id", "Type more characters of the id."),
  "id-conflict": entry("conflict", "Id already used", "Send it under a new id."),
  "id-invalid": entry("invalid", "Invalid id", "An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -."),
  "import-refused": entry(
    "conflict",
    "The session's commits were refused",
    "Look at the worktree by hand. Nothing of it reached the repository.",
  ),
  internal: entry("internal", "Internal error", "This is a bug in Harness. Please report it with the lines above."),
  "key-not-set": entry(
    "conflict",
    "No key",
    "Export the variable that the provider's keyEnv names, then restart the dispatcher.",
  ),
  "keychain-failed": entry(
    "unavailable",
    "The keychain does not work",
    "Keep the key under a passphrase instead: `harness credential set` without --keychain.",
  ),
  "login-code-invalid": entry(
    "unauthorized",
    "Login code not valid",
    "Run `harness up` again: it prints a fresh link.",
  ),
  "media-type-unsupported": entry("invalid", "Not JSON", "Send JSON with Content-Type: application/json."),
  "merge-cancelled": entry("conflict", "The merge was cancelled", "Merge again when it is wanted."),
  "merge-conflict": entry(
    "conflict",
    "Merge conflict",
    "Ask the session to merge the target and resolve it, then merge again.",
  ),
  "merge-not-found": entry("not-found", "Unknown merge", "`harness merges --all` lists the merges."),
  "merge-not-waiting": entry("conflict", "The merge does not wait", "`harness merges` says how far it is."),
  "message-invalid": entry("invalid", "Invalid message", "docs/state-directory.md describes every kind of message."),
  "message-too-large": entry(
    "invalid",
    "Message too large",
    "Put the content into a file inside the session and send its path as an attachment.",
  ),
  "missing-branch": entry(
    "conflict",
    "The session's branch is gone",
    "Ask the session to put its work on its branch again. Nothing was removed.",
  ),
  "model-not-chosen": entry("conflict", "No model chosen", "Name one with --model, or as `model` in session.json."),
  "network-host-invalid": entry(
    "invalid",
    "Not a host that can be listed",
    "Write registry.npmjs.org, github.com:443, or an address with its port such as 10.0.0.7:8080.",
  ),
  "nothing-to-merge": entry(
    "conflict",
    "Nothing to merge",
    "The session has committed nothing that the target does not have.",
  ),
  "origin-refused": entry(
    "forbidden",
    "Sent by another page",
    "Use the page that the dispatcher itself serves, or the token of the state root.",
  ),
  "platform-unsupported": entry(
    "unavailable",
    "Not supported on this platform",
    "`harness doctor` says what works here.",
  ),
  "port-in-use": entry(
    "conflict",
    "Port in use",
    "Choose another with --port, or let the system choose with --port 0.",
  ),
  "ports-exhausted": entry("limit", "No port is free", "Remove sessions, or widen `limits.ports` in config.yaml."),
  "program-not-found": entry("not-found", "Program not found", "Install it, or correct the coding agent's command."),
  "provider-not-chosen": entry(
    "conflict",
    "No model provider chosen",
    "Export the key of one and restart the dispatcher, or write a provider into config.yaml.",
  ),
  "push-not-configured": entry(
    "conflict",
    "Nothing to push with",
    "Name a credential of `harness credential set <name> --git <url>` as repositories.<path>.push in config.yaml.",
  ),
  "question-not-found": entry("not-found", "No such open question", "`harness show` lists the open ones."),
  "ref-not-found": entry("not-found", "Unknown base", "Name a branch, tag or commit of the repository."),
  "relay-failed": entry(
    "unavailable",
    "No way to the model endpoint",
    "Correct the endpoint's address in session.json, and in config.yaml for new sessions.",
  ),
  "repository-not-found": entry("not-found", "Not a git repository", "Name a repository with --repo."),
  "repository-unsupported": entry("invalid", "Repository not supported", "Use a full clone of it."),
  "request-invalid": entry("invalid", "Invalid request", "See the fields named in the message."),
  "review-outdated": entry(
    "conflict",
    "The file has changed since",
    "Read the diff again, then send the comments with the new contents' names.",
  ),
  "review-stale": entry(
    "conflict",
    "Not what was reviewed",
    "Look at it again with `harness diff` and `harness merge --dry-run`, then merge what you have seen.",
  ),
  "route-not-found": entry("not-found", "No such route", "/api/openapi.json lists the routes."),
  "salvage-failed": entry(
    "unavailable",
    "The work could not be saved",
    "Nothing was removed. Mend what the message names, or give the work up with --discard.",
  ),
  "salvage-lost": entry(
    "unavailable",
    "What was kept is gone",
    "Put the hub back where the message says. `harness salvage ls` shows what else is kept.",
  ),
  "salvage-not-found": entry("not-found", "Nothing is kept", "`harness salvage ls` lists what is kept."),
  "sandbox-policy-invalid": entry(
    "invalid",
    "Sandbox cannot be built",
    "Name directories and files that exist, by their real paths.",
  ),
  "sandbox-unavailable": entry(
    "unavailable",
    "The sandbox does not work",
    "`harness doctor` says what it needs. `--sandbox none` does without, and without any wall.",
  ),
  "sandbox-unknown": entry("invalid", "Unknown sandbox", "Choose auto, bubblewrap, seatbelt or none."),
  "script-invalid": entry("conflict", "Invalid script", "Correct the steps named in the message."),
  "session-archived": entry(
    "conflict",
    "Session is archived",
    "Its directory holds everything. `harness salvage restore` brings its work onto a branch.",
  ),
  "session-busy": entry("conflict", "Session has a process", "Stop it first."),
  "session-closed": entry("conflict", "Session is closed", "Start a new session."),
  "session-damaged": entry(
    "conflict",
    "Damaged session",
    "`harness show` names the damaged parts; `harness rm` keeps the work and removes it.",
  ),
  "session-exists": entry("conflict", "Session exists", "Choose another id."),
  "session-not-found": entry("not-found", "Unknown session", "`harness ps --all` lists the sessions."),
  "setup-missing": entry(
    "not-found",
    "No setup",
    "Write `setup` for the repository into config.yaml and restart the dispatcher.",
  ),
  "spawn-failed": entry("unavailable", "The agent process did not start", "See the session's log/agent.log."),
  "storage-failed": entry("unavailable", "Storage failed", "Check the disk. Nothing was changed."),
  "storage-full": entry("unavailable", "Disk full", "Free some space and try again. Nothing was changed."),
  "storage-lost": entry(
    "unavailable",
    "State root is gone",
    "Mount or restore the state root; nothing is treated as removed until then.",
  ),
  "target-moved": entry("unavailable", "The target keeps moving", "Try again when nobody is committing to it."),
  "timed-out": entry("unavailable", "Timed out", "Try again with a longer --timeout."),
  "token-invalid": entry(
    "unauthorized",
    "Missing or wrong token",
    "Use the token file of the state root, or open the page with the link that `harness up` prints.",
  ),
  "too-many-requests": entry("limit", "Too many requests", "Wait a moment and try again."),
  "turn-failed": entry("unavailable", "The turn failed", "See `harness logs`."),
  "usage-invalid": entry("invalid", "Wrong usage", "See --help."),
  "users-spent": entry(
    "conflict",
    "No user left for a session",
    "Give `users` in config.yaml another range of numbers, and restart the dispatcher.",
  ),
  "wire-not-spoken": entry(
    "conflict",
    "The coding agent does not speak the provider's wire format",
    "Choose another provider or another coding agent. `harness agents` lists what each one speaks.",
  ),
  "worktree-missing": entry(
    "not-found",
    "No worktree",
    "The session has no branch of a repository. Start one with --repo and --branch.",
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
