import { goalMessageId, sessionPaths, waitForReply } from "@harness/core";
import { join } from "node:path";
import { startDispatcher } from "./dispatcher.ts";
import { median, type Figure } from "./figure.ts";
import { time } from "./processes.ts";

const ROUNDS = 15;
const ALLOWANCE_MS = 30;

/** What a sandbox adds to the time from the request for a session to its first reply, with one program run in between. */
export async function measureSandbox(scratch: string): Promise<Figure[]> {
  const home = join(scratch, "sandbox");
  const dispatcher = await startDispatcher(home);
  const first = async (sandbox: string) => {
    const script = [[{ do: "run", command: ["true"] }]];
    const asked = { task: "run one program", agent: "scripted", script, sandbox };
    const { id } = (await dispatcher.request("POST", "/api/sessions", asked)) as { id: string };
    await waitForReply(sessionPaths(join(home, "sessions", id)), goalMessageId(id), { timeoutMs: 30_000 });
  };
  const walled: number[] = [];
  const open: number[] = [];
  await first("bubblewrap");
  await first("none");
  for (let round = 0; round < ROUNDS; round++) {
    open.push(await time(() => first("none")));
    walled.push(await time(() => first("bubblewrap")));
  }
  await dispatcher.stopAll();
  return [{ name: "a sandbox, beside none", value: median(walled) - median(open), unit: "ms", limit: ALLOWANCE_MS }];
}
