import { readdirSync } from "node:fs";
import type { ReadyMessage } from "../mailbox/scan.ts";
import type { ClientStage } from "./client-stage.ts";
import { expectThat, pause, type PlannedCheck } from "./report.ts";
import { compareSnapshots, takeSnapshot } from "./snapshot.ts";

const ARRIVE_MS = 10_000;
const EXIT_MS = 15_000;
/** A client that still runs after this time waits for the reply. */
const WAITS_MS = 1_500;
const LONG_TEXT = `${'ünï ✓ 😀 "quoted" \\ back\\slash {"v":1,"kind":"close"}\n\ttab\n'.repeat(500)}the end`;

/** How a client sends, and that it does nothing else. */
export const CLIENT_CHECKS: PlannedCheck<ClientStage>[] = [
  {
    name: "publishes-one-prompt",
    expected: "One whole message named <id>.msg arrives in inbox/; it is a prompt with the text that was given.",
    run: async (stage) => {
      stage.send("hello from the kit");
      const message = await receiveOne(stage);
      expectText(message, "hello from the kit");
    },
  },
  {
    name: "sends-every-character",
    expected: "A long text with quotes, newlines and letters beyond ASCII arrives as it was given, and never in part.",
    run: async (stage) => {
      stage.send(LONG_TEXT);
      expectText(await receiveOne(stage), LONG_TEXT);
    },
  },
  {
    name: "two-at-once",
    expected: "Two of them at the same time send two messages under two ids; none replaces the other.",
    run: async (stage) => {
      stage.send("the one");
      stage.send("the other");
      const messages = await stage.receive(2, stage.limit(ARRIVE_MS));
      const texts = messages.map(textOf).toSorted();
      expectThat(texts.join("|") === "the one|the other", `There arrived: ${texts.join(" | ") || "nothing"}.`);
    },
  },
  {
    name: "touches-nothing-else",
    expected: "Apart from its message (and its temporary file) the session's directory is as it was.",
    run: async (stage) => {
      const before = takeSnapshot(stage.paths.directory);
      const program = stage.send("leave everything else alone");
      const message = await receiveOne(stage);
      await program.wait(stage.limit(WAITS_MS));
      const own = new Set([`inbox/${message.id}.msg`, "inbox/.tmp", "inbox/.claimed", "inbox/.done", "inbox/.bad"]);
      const changes = compareSnapshots(before, takeSnapshot(stage.paths.directory), (path) => own.has(path));
      expectThat(changes.length === 0, `It left its traces: ${changes.join(", ")}.`);
    },
  },
  {
    name: "leaves-no-litter",
    expected: "When it has ended, no temporary file of it is left.",
    run: async (stage) => {
      const program = stage.send("tidy up");
      const { id } = await receiveOne(stage);
      await stage.reply(id, "tidied");
      await program.wait(stage.limit(EXIT_MS));
      const litter = readdirSync(stage.paths.inbox.tmp);
      expectThat(litter.length === 0, `inbox/.tmp holds ${litter.join(", ")}.`);
    },
  },
  {
    name: "ends-with-0",
    expected: "It ends with 0; if it waits for the reply, it prints the reply's text and no other.",
    run: async (stage) => {
      const program = stage.send("what is the answer?");
      const { id } = await receiveOne(stage);
      const early = await program.wait(stage.limit(WAITS_MS));
      await stage.reply("some-other-message", "a reply to somebody else");
      await pause(200);
      await stage.reply(id, "the answer is 42");
      const exit = early ?? (await program.wait(stage.limit(EXIT_MS)));
      expectThat(exit !== null, "It still runs although its reply is there.");
      expectThat(exit.code === 0, `It ended with ${exit.code ?? exit.signal}.`);
      if (early !== null) return "It does not wait for a reply.";
      expectThat(program.stdout().includes("the answer is 42"), `It printed ${JSON.stringify(program.stdout())}.`);
      expectThat(!program.stdout().includes("somebody else"), "It printed the reply to another message.");
      return "It printed the reply.";
    },
  },
];

async function receiveOne(stage: ClientStage): Promise<ReadyMessage> {
  const [message, ...more] = await stage.receive(1, stage.limit(ARRIVE_MS));
  const others = [...stage.rejected, ...stage.ignored];
  const instead = others.length === 0 ? "" : ` Instead: ${others.join(", ")}.`;
  expectThat(message !== undefined, `No message that can be read arrived.${instead}`);
  expectThat(more.length === 0, `${more.length + 1} messages arrived for one text.`);
  return message;
}

function expectText(message: ReadyMessage, text: string): void {
  const { kind } = message.message;
  expectThat(kind === "prompt", `The message is a ${kind}.`);
  const sent = textOf(message);
  expectThat(
    sent.trimEnd() === text.trimEnd(),
    `The text is ${JSON.stringify(sent.slice(0, 200))} (${sent.length} characters).`,
  );
}

function textOf({ message }: ReadyMessage): string {
  return message.kind === "prompt" ? message.body.text.trimEnd() : `a ${message.kind}`;
}
