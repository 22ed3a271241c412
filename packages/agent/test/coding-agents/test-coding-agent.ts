import { afterAll, beforeAll, describe } from "vitest";
import { testCancel } from "./cancel-rows.ts";
import { testCrashes } from "./crash-rows.ts";
import { testFailures } from "./failure-rows.ts";
import { testIsolation } from "./isolation-rows.ts";
import { NETWORK } from "./offline-model.ts";
import { openStage, type CodingAgent, type Stage } from "./stage.ts";
import { testWork } from "./work-rows.ts";

const ROWS = [testWork, testCancel, testCrashes, testFailures, testIsolation];

/** An agent that may not be installed here: then whoever looked for it has said so. */
export interface Candidate extends Omit<CodingAgent, "command"> {
  readonly command: readonly string[] | null;
}

/** What Harness promises of every coding agent, with the real one, its real process and the files of a session. */
export function testCodingAgent({ command, ...known }: Candidate): void {
  const agent: CodingAgent = { ...known, command: command ?? [] };
  describe.skipIf(command === null)(`${agent.name}, network: ${NETWORK}`, () => {
    let stage: Awaited<ReturnType<typeof openStage>> | undefined;
    beforeAll(async () => {
      stage = await openStage(agent);
    });
    afterAll(() => stage?.[Symbol.asyncDispose]());
    const opened = (): Stage => {
      if (!stage) throw new Error("The stage is not open.");
      return stage;
    };
    for (const rows of ROWS) rows(agent, opened);
  });
}
