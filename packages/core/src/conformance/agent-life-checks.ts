import { readFileSync } from "node:fs";
import { readJsonLines } from "../fs/read-json-lines.ts";
import { derivedMessageId, goalMessageId, newMessageId } from "../ids.ts";
import { sendMessage } from "../mailbox/send.ts";
import { type AgentStage, describeExit } from "./agent-stage.ts";
import { echoOf } from "./echo-program.ts";
import { expectThat, pause, type PlannedCheck, waitFor } from "./report.ts";

const CANCEL_MS = 1_000;
const EXIT_MS = 10_000;
const RUNNING_MS = 10_000;
const QUIET_MS = 3_000;
/** Which of the messages that come of a prompt the reply is, at most. */
const DERIVED = 64;

/** How a session lives on: control, memory, crash, end. */
export const LIFE_CHECKS: PlannedCheck<AgentStage>[] = [
  {
    name: "cancel-within-a-second",
    expected: "A cancel ends the running turn within a second, ahead of waiting prompts, which are handled afterwards.",
    run: async (stage) => {
      await stage.startAndWait();
      const ids = [newMessageId(), newMessageId(), newMessageId()];
      const texts = ["slow:60000", "second", "third"];
      for (const [index, id] of ids.entries()) {
        await sendMessage(stage.paths, { id, kind: "prompt", body: { text: texts[index] } });
      }
      await untilRunning(stage, ids[0]!);
      await sendMessage(stage.paths, { kind: "cancel", body: {} });
      const begun = performance.now();
      const reply = await stage.waitForReply(ids[0]!);
      const took = Math.round(performance.now() - begun);
      expectThat(reply.body.stopReason === "cancelled", `The stop reason is ${reply.body.stopReason}.`);
      expectThat(took <= stage.limit(CANCEL_MS), `It took ${took} ms.`);
      for (const id of ids.slice(1)) await stage.waitForReply(id);
      return `The turn ended after ${took} ms.`;
    },
  },
  {
    name: "goal-is-the-first-prompt",
    expected: "The goal in context.json is the first prompt of a session that has never run, and of no later start.",
    run: async (stage) => {
      stage.put(stage.paths.context, '{"goal": "reach the goal", "plan": []}');
      const first = await stage.startAndWait();
      const goal = goalMessageId(stage.session);
      const reply = await stage.waitForReply(goal);
      expectThat(
        reply.body.text.includes(echoOf("reach the goal")),
        `The reply to it is ${JSON.stringify(reply.body.text)}.`,
      );
      await first.end();
      await stage.startAndWait();
      await pause(QUIET_MS);
      expectThat((await stage.replies(goal)).length === 1, "The goal was run again at the second start.");
      expectThat(stage.status()?.turn?.state !== "running", "A turn runs after the second start.");
    },
  },
  {
    name: "keeps-unknown-fields",
    expected: "A field of context.json that the program does not know stays, over turns and over a context message.",
    run: async (stage) => {
      const mine = { deep: [1, { two: "ünï" }] };
      stage.put(stage.paths.context, JSON.stringify({ plan: [], mine }));
      await stage.startAndWait();
      const { id } = await sendMessage(stage.paths, { kind: "prompt", body: { text: "a turn" } });
      await stage.waitForReply(id);
      await sendMessage(stage.paths, { kind: "context", body: { notes: "a note", goal: "a goal" } });
      const context = () => JSON.parse(readFileSync(stage.paths.context, "utf8")) as Record<string, unknown>;
      await waitFor(() => context()["notes"] === "a note" && context()["goal"] === "a goal", {
        timeoutMs: stage.limit(EXIT_MS),
        otherwise: () => `context.json is ${JSON.stringify(context())}.`,
      });
      const kept = JSON.stringify(context()["mine"]);
      expectThat(kept === JSON.stringify(mine), `The field "mine" is now ${kept}.`);
    },
  },
  {
    name: "killed-in-a-turn-goes-on",
    expected:
      "Killed in the middle of a turn and started again, the message is handled and gets one reply, under a derived id.",
    run: async (stage) => {
      await stage.startAndWait();
      const { id } = await sendMessage(stage.paths, { kind: "prompt", body: { text: "slow:2000 then done" } });
      await untilRunning(stage, id);
      process.kill(stage.status()!.process.pid, "SIGKILL");
      await pause(500);
      expectThat(
        (await stage.replies(id)).length === 0,
        "There is a reply although the process was killed in the turn.",
      );
      await stage.startAndWait();
      const reply = await stage.waitForReply(id);
      const derived = Array.from({ length: DERIVED }, (_, n) => derivedMessageId(stage.session, id, n));
      expectThat(derived.includes(reply.id), `The reply's id ${reply.id} is not derived from session and message.`);
      await pause(QUIET_MS);
      expectThat((await stage.replies(id)).length === 1, "There is a second reply.");
    },
  },
  {
    name: "log-grows",
    expected: "log/events.jsonl holds one event a line, numbered without gaps over turns and starts.",
    run: async (stage) => {
      const counts: number[] = [];
      for (const text of ["one", "two"]) {
        const program = await stage.startAndWait();
        const { id } = await sendMessage(stage.paths, { kind: "prompt", body: { text } });
        await stage.waitForReply(id);
        await program.end();
        counts.push((await readJsonLines(stage.paths.events)).length);
      }
      const lines = readFileSync(stage.paths.events, "utf8").trimEnd().split("\n");
      const events = await readJsonLines(stage.paths.events);
      expectThat(events.length === lines.length, `${lines.length - events.length} lines are no events.`);
      expectThat(
        events.every((event, index) => event.seq === index + 1),
        `The numbers are ${events.map((event) => event.seq).join(" ")}.`,
      );
      expectThat(counts[0]! > 0 && counts[1]! > counts[0]!, `There were ${counts.join(", then ")} events.`);
    },
  },
  {
    name: "close-ends-with-0",
    expected: "A close message ends the session: status.json says closed, the process ends with 0.",
    run: async (stage) => {
      const program = await stage.startAndWait();
      await sendMessage(stage.paths, { kind: "close", body: { reason: "the kit is done" } });
      await program.wait(stage.limit(EXIT_MS));
      expectThat(program.exit()?.code === 0, `${describeExit(program)}.`);
      expectThat(stage.status()?.state === "closed", `status.json says ${stage.status()?.state}.`);
    },
  },
];

async function untilRunning(stage: AgentStage, message: string): Promise<void> {
  const turn = () => stage.status()?.turn;
  await waitFor(() => turn()?.state === "running" && turn()?.message === message, {
    timeoutMs: stage.limit(RUNNING_MS),
    otherwise: () => `status.json shows no running turn of ${message}: ${JSON.stringify(turn())}.`,
  });
}
