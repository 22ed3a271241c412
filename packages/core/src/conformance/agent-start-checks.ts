import { existsSync, readFileSync } from "node:fs";
import { isSameProcess } from "../process/identity.ts";
import { lookLock } from "../process/lock.ts";
import { type AgentStage, describeExit } from "./agent-stage.ts";
import { expectThat, type PlannedCheck, waitFor } from "./report.ts";
import { compareSnapshots, takeSnapshot } from "./snapshot.ts";

const EXIT_MS = 10_000;
const ALREADY_RUNNING = 100;

/** How an agent process begins and when it does not. */
export const START_CHECKS: PlannedCheck<AgentStage>[] = [
  {
    name: "takes-the-lock",
    expected:
      "The process holds .lock and shows itself in status.json with pid, boot id, start time and lock descriptor.",
    run: async (stage) => {
      await stage.startAndWait();
      const status = stage.status();
      expectThat(status?.state === "open", `status.json says state ${status?.state}.`);
      expectThat(status.session === stage.session, `status.json speaks of the session ${status.session}.`);
      expectThat(isSameProcess(status.process), "status.json records a process that does not live.");
      expectThat(lookLock(stage.paths.lock, status.process) === "held", "The recorded process does not hold .lock.");
    },
  },
  {
    name: "second-start-exits-100",
    expected: "A second process on the session ends at once with 100 and touches nothing.",
    run: async (stage) => {
      await stage.startAndWait();
      const first = stage.status()!.process;
      // The first one stands still, so that every change is the second one's.
      process.kill(first.pid, "SIGSTOP");
      try {
        const before = takeSnapshot(stage.paths.directory);
        const second = stage.start();
        await second.wait(stage.limit(EXIT_MS));
        expectThat(second.exit()?.code === ALREADY_RUNNING, `${describeExit(second)}, not with ${ALREADY_RUNNING}.`);
        const changes = compareSnapshots(before, takeSnapshot(stage.paths.directory));
        expectThat(changes.length === 0, `The second process left its traces: ${changes.join(", ")}.`);
      } finally {
        process.kill(first.pid, "SIGCONT");
      }
    },
  },
  {
    name: "makes-missing-directories",
    expected: "A directory with nothing in it but context.json becomes a session: what is absent is made.",
    run: async (stage) => {
      stage.put(stage.paths.context, '{"plan": []}');
      await stage.startAndWait();
      const { inbox, outbox, log, home } = stage.paths;
      const missing = () => [inbox.path, outbox.path, log, home].filter((path) => !existsSync(path));
      await waitFor(() => missing().length === 0, {
        timeoutMs: stage.limit(EXIT_MS),
        otherwise: () => `Not made: ${missing().join(", ")}.`,
      });
      stage.put(`${inbox.path}/first.msg`, "are you there?");
      await stage.waitForReply("first");
    },
  },
  refusesNewer("session.json", (stage) => ({
    path: stage.paths.spec,
    content: JSON.stringify({ v: 99, id: stage.session, agent: { made: "later" } }),
  })),
  refusesNewer("context.json", (stage) => ({
    path: stage.paths.context,
    content: '{"v": 99, "goal": {"text": "from the future"}}',
  })),
];

function refusesNewer(
  file: string,
  write: (stage: AgentStage) => { path: string; content: string },
): PlannedCheck<AgentStage> {
  return {
    name: `refuses-newer-${file.replace(".", "-")}`,
    expected: `A ${file} of a newer version is refused and left byte for byte as it is.`,
    run: async (stage) => {
      // On a sound session it runs, so that a refusal is one.
      await (await stage.startAndWait()).end();
      const { path, content } = write(stage);
      stage.put(path, content);
      const program = stage.start();
      await program.wait(stage.limit(EXIT_MS));
      expectThat(program.exit() !== null, "The process runs on such a session.");
      expectThat(program.exit()?.code !== 0, `${describeExit(program)}: that means success.`);
      expectThat(readFileSync(path, "utf8") === content, `${file} was changed.`);
    },
  };
}
