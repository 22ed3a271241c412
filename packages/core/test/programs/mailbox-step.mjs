// One step of the mailbox protocol in a process of its own: `node mailbox-step.mjs <step> <session directory>`.
// Prints `ready`, waits for a line, takes the step, prints `done`.
import { readSync } from "node:fs";
import { basename } from "node:path";
import {
  createSession,
  derivedMessageId,
  openInbox,
  publishMessage,
  publishReport,
  sessionPaths,
  writeJsonFile,
} from "../../dist/index.js";

const [step, directory] = process.argv.slice(2);
const paths = sessionPaths(directory);
const id = "message-1";

const replyTo = (message) => ({
  v: 1,
  id: derivedMessageId(basename(directory), message, 0),
  kind: "reply",
  replyTo: message,
  createdAt: "2026-01-01T00:00:00.000Z",
  body: { text: "done", stopReason: "end_turn" },
});

const steps = {
  publish: () => publishMessage(paths.inbox, { id, bytes: Buffer.from(process.env.MESSAGE) }),
  claim: async () => {
    const inbox = openInbox(paths.inbox);
    const [ready] = await inbox.scan();
    await inbox.claim(ready);
  },
  start: async () => {
    const inbox = openInbox(paths.inbox);
    const [claimed] = await inbox.recover();
    await inbox.start(claimed);
  },
  retry: async () => {
    const inbox = openInbox(paths.inbox);
    const [claimed] = await inbox.recover();
    await inbox.retry(claimed);
  },
  settle: async () => {
    const inbox = openInbox(paths.inbox);
    const [claimed] = await inbox.recover();
    await publishReport(paths.outbox, replyTo(claimed.id));
    await inbox.settle(claimed);
  },
  reject: async () => {
    const inbox = openInbox(paths.inbox);
    const [claimed] = await inbox.recover();
    await inbox.reject(claimed, "poison: for this test");
  },
  create: () =>
    createSession(paths, { v: 1, id: basename(directory), agent: { driver: "command" } }, { token: "t", goal: "g" }),
  state: () => writeJsonFile(paths.context, { v: 1, goal: "new" }, { keepPrevious: paths.contextPrevious }),
};

console.log("ready");
readSync(0, Buffer.alloc(16));
try {
  await steps[step]();
  console.log("done");
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
