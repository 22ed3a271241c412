// A small agent process that keeps the protocol, built of @harness/core alone. It shows how the parts fit together, and
// that the conformance kit can be passed. `reference-agent.mjs --session <id> -- <coding agent>`
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import {
  acquireLock,
  ContextSchema,
  derivedMessageId,
  goalMessageId,
  identifyProcess,
  openInbox,
  openJsonLines,
  openOutbox,
  publishMessage,
  encodeEnvelope,
  publishReport,
  readJsonFile,
  readSpec,
  sessionPaths,
  StatusSchema,
  timestamp,
  watchBox,
  writeJsonFile,
} from "../../dist/index.js";

const session = process.argv[process.argv.indexOf("--session") + 1];
const command = process.argv.slice(process.argv.indexOf("--") + 1);
const paths = sessionPaths(process.env.HARNESS_STATE);
const stop = new AbortController();
const state = { context: {}, status: {}, turn: null, child: null, cancelled: false };

const lock = await acquireLock(paths.lock);
if (lock === null) process.exit(100);
readSpec(paths);
const previous = { previous: paths.contextPrevious };
state.context = (await readJsonFile(paths.context, ContextSchema, previous))?.value ?? { v: 1, plan: [] };
const earlier = (await readJsonFile(paths.status, StatusSchema))?.value;
if (earlier?.state === "closed") process.exit(0);

for (const path of [paths.inbox.path, paths.outbox.path, paths.log, paths.home, paths.work]) {
  mkdirSync(path, { recursive: true });
}
const log = await openJsonLines(paths.events);
const inbox = openInbox(paths.inbox, {
  firstId: goalMessageId(session),
  onRejected: (message, reason) => log.append({ type: "message.rejected", message, reason }),
});
const outbox = openOutbox(paths.outbox);
const startedAt = timestamp();

const setStatus = async (part) => {
  const process = { ...identifyProcess(), lockFd: lock.fd };
  const base = { v: 1, session, state: "open", agent: "running", turn: null, turns: earlier?.turns ?? 0, waiting: [] };
  state.status = { ...base, ...state.status, process, startedAt, updatedAt: timestamp(), ...part };
  await writeJsonFile(paths.status, state.status, { keepPrevious: paths.statusPrevious });
};
const end = async (part) => {
  state.child?.kill("SIGKILL");
  await setStatus({ agent: "exited", ...part });
  process.exit(0);
};
process.on("SIGTERM", () => void end({}));
process.on("SIGURG", () => {});

const ask = (text) =>
  new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { cwd: paths.work, stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (part) => (output += part));
    child.stdin.end(text);
    child.on("close", () => resolve(output));
    state.child = child;
  });

const handlePrompt = async (found) => {
  const id = derivedMessageId(session, found.id, 1);
  let claimed = found;
  if (!outbox.has(id)) {
    const resumed = found.started || found.attempt > 1;
    claimed = found.started ? await inbox.retry(found) : found;
    claimed = claimed.started ? claimed : await inbox.start(claimed);
    const { text } = found.message.body;
    const turn = {
      id: found.id,
      message: found.id,
      attempt: claimed.attempt,
      state: "running",
      startedAt: timestamp(),
    };
    state.turn = turn;
    state.cancelled = false;
    await setStatus({ turn });
    log.append({ type: "turn.started", turn: turn.id, message: found.id, attempt: turn.attempt, text, resumed });
    const output = await ask(resumed ? `(this turn may have partly run)\n${text}` : text);
    const stopReason = state.cancelled ? "cancelled" : "end_turn";
    const reply = { v: 1, id, kind: "reply", replyTo: found.id, createdAt: timestamp() };
    await publishReport(paths.outbox, { ...reply, body: { text: output, stopReason } });
    log.append({ type: "turn.ended", turn: turn.id, stopReason, text: output });
    const ended = { ...turn, state: "ended", endedAt: timestamp(), stopReason };
    await setStatus({ turn: ended, turns: state.status.turns + 1 });
  }
  await inbox.settle(claimed);
  state.turn = null;
};

const controls = {
  cancel: () => {
    if (state.turn === null) return;
    state.cancelled = true;
    state.child?.kill("SIGKILL");
  },
  context: async ({ body }) => {
    state.context = { ...state.context, ...body };
    await writeJsonFile(paths.context, state.context, { keepPrevious: paths.contextPrevious });
  },
  close: () => {},
};

const queue = [];
let busy = false;
const drain = async () => {
  if (busy) return;
  busy = true;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await handlePrompt(next);
  busy = false;
};
const take = async (claimed) => {
  log.append({ type: "message.received", message: claimed.id, kind: claimed.message.kind });
  if (claimed.message.kind === "prompt") return void queue.push(claimed);
  await controls[claimed.message.kind]?.(claimed.message);
  await inbox.settle(claimed);
  if (claimed.message.kind === "close") await end({ state: "closed", reason: "closed" });
};

await setStatus({});
log.append({ type: "session.started", pid: process.pid });
for (const claimed of await inbox.recover()) await take(claimed);
if (state.context.goal !== undefined && earlier === undefined) {
  const body = { text: state.context.goal };
  const goal = { v: 1, id: goalMessageId(session), kind: "prompt", createdAt: timestamp(), body };
  await publishMessage(paths.inbox, { id: goal.id, bytes: encodeEnvelope(goal) });
}
for await (const _ of watchBox(paths.inbox, { signal: stop.signal })) {
  lock.beat();
  for (const ready of await inbox.scan()) {
    const claimed = await inbox.claim(ready);
    if (claimed !== null) await take(claimed);
  }
  void drain();
}
