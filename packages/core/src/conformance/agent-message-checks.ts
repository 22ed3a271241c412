import { existsSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { newMessageId } from "../ids.ts";
import { messagePath } from "../layout/message-file.ts";
import { publishMessage } from "../mailbox/publish.ts";
import { sendMessage } from "../mailbox/send.ts";
import type { AgentStage } from "./agent-stage.ts";
import { echoOf } from "./echo-program.ts";
import { expectThat, pause, type PlannedCheck, waitFor } from "./report.ts";

const SETTLE_MS = 10_000;
/** Long enough for a second turn to begin, if there were one. */
const QUIET_MS = 3_000;
/** Two scans and some. */
const HALF_WRITTEN_MS = 5_000;

/** How messages are taken and answered. */
export const MESSAGE_CHECKS: PlannedCheck<AgentStage>[] = [
  {
    name: "plain-text-is-a-prompt",
    expected: "A plain text written into inbox/ without any rename is a prompt; its reply names it in replyTo.",
    run: async (stage) => {
      await stage.startAndWait();
      stage.put(join(stage.paths.inbox.path, "hello.msg"), "hello, who is there?\n");
      const reply = await stage.waitForReply("hello");
      expectEcho(reply.body.text, "hello, who is there?");
      await expectSettled(stage, "hello");
    },
  },
  {
    name: "envelope-is-a-prompt",
    expected: "An envelope of kind prompt gets a reply with replyTo and the stop reason end_turn.",
    run: async (stage) => {
      await stage.startAndWait();
      const { id } = await sendMessage(stage.paths, { kind: "prompt", body: { text: 'ünï ✓ "quoted"\nnext line' } });
      const reply = await stage.waitForReply(id);
      expectEcho(reply.body.text, 'ünï ✓ "quoted"\nnext line');
      expectThat(reply.body.stopReason === "end_turn", `The stop reason is ${reply.body.stopReason}.`);
      await expectSettled(stage, id);
    },
  },
  {
    name: "prompts-in-order",
    expected: "Prompts are taken one at a time, in the order of their ids.",
    run: async (stage) => {
      const ids = [newMessageId(), newMessageId(), newMessageId()];
      for (const id of ids.toReversed()) {
        await sendMessage(stage.paths, { id, kind: "prompt", body: { text: `number ${ids.indexOf(id)}` } });
      }
      await stage.startAndWait();
      const replies = [];
      for (const id of ids) replies.push(await stage.waitForReply(id));
      const times = replies.map((reply) => statSync(messagePath(stage.paths.outbox, reply.id)).mtimeMs);
      expectThat(
        times.every((time, index) => index === 0 || time >= times[index - 1]!),
        "The replies came in another order than the prompts.",
      );
    },
  },
  {
    name: "duplicate-handled-once",
    expected: "The same bytes under an id that was handled are dropped: one reply, no second turn.",
    run: async (stage) => {
      await stage.startAndWait();
      const bytes = '{"v":1,"kind":"prompt","body":{"text":"only once"}}';
      const path = messagePath(stage.paths.inbox, "once");
      await publishMessage(stage.paths.inbox, { id: "once", bytes: Buffer.from(bytes) });
      await stage.waitForReply("once");
      await expectSettled(stage, "once");
      stage.put(path, bytes);
      await waitFor(() => !existsSync(path), {
        timeoutMs: stage.limit(SETTLE_MS),
        otherwise: () => "The second copy stays in inbox/.",
      });
      await pause(QUIET_MS);
      expectThat((await stage.replies("once")).length === 1, "There is a second reply.");
      const turns = stage.status()?.turns ?? 0;
      expectThat(turns <= 1, `status.json counts ${turns} turns.`);
    },
  },
  {
    name: "id-conflict-goes-to-bad",
    expected: "Other bytes under an id that was handled go to inbox/.bad/ with a reason, and are not run.",
    run: async (stage) => {
      await stage.startAndWait();
      const path = messagePath(stage.paths.inbox, "taken");
      stage.put(path, '{"v":1,"kind":"prompt","body":{"text":"first"}}');
      await stage.waitForReply("taken");
      await expectSettled(stage, "taken");
      stage.put(path, '{"v":1,"kind":"prompt","body":{"text":"second"}}');
      await expectBad(stage, "taken");
      expectThat((await stage.replies("taken")).length === 1, "The other message was run as well.");
    },
  },
  {
    name: "half-written-waits",
    expected: "A message is not delivered before it is whole, however long its writer pauses.",
    run: async (stage) => {
      await stage.startAndWait();
      const whole = '{"v":1,"kind":"prompt","body":{"text":"now it is whole"}}';
      const path = messagePath(stage.paths.inbox, "half");
      stage.put(path, whole.slice(0, 30));
      await pause(HALF_WRITTEN_MS);
      const early = (await stage.replies("half"))[0];
      expectThat(early === undefined, `Half of the message was run: ${JSON.stringify(early?.body)}.`);
      expectThat(existsSync(path), "Half of the message was taken out of inbox/.");
      stage.put(path, whole);
      expectEcho((await stage.waitForReply("half")).body.text, "now it is whole");
    },
  },
  {
    name: "junk-goes-to-bad",
    expected:
      "A link and an envelope of unknown kind go to inbox/.bad/ with reasons; the messages after them are handled.",
    run: async (stage) => {
      symlinkSync("/dev/zero", messagePath(stage.paths.inbox, "link"));
      stage.put(messagePath(stage.paths.inbox, "unknown"), '{"v":1,"kind":"launch","body":{}}');
      stage.put(messagePath(stage.paths.inbox, "good"), '{"v":1,"kind":"prompt","body":{"text":"still here"}}');
      await stage.startAndWait();
      await stage.waitForReply("good");
      await expectBad(stage, "link");
      await expectBad(stage, "unknown");
    },
  },
];

function expectEcho(reply: string, text: string): void {
  expectThat(reply.includes(echoOf(text)), `The coding agent was told ${JSON.stringify(reply.slice(0, 200))}.`);
}

async function expectSettled(stage: AgentStage, id: string): Promise<void> {
  await waitFor(() => existsSync(join(stage.paths.inbox.done, `${id}.msg`)), {
    timeoutMs: stage.limit(SETTLE_MS),
    otherwise: () => `inbox/.done/${id}.msg is not there after its reply.`,
  });
}

async function expectBad(stage: AgentStage, id: string): Promise<void> {
  const found = () => (existsSync(stage.paths.inbox.bad) ? readdirSync(stage.paths.inbox.bad) : []);
  const files = () => found().filter((name) => name.startsWith(`${id}.`));
  await waitFor(
    () => files().some((name) => name.endsWith(".msg")) && files().some((name) => name.includes("reason")),
    {
      timeoutMs: stage.limit(SETTLE_MS),
      otherwise: () => `inbox/.bad/ holds ${files().join(", ") || "nothing"} of ${id}.`,
    },
  );
}
