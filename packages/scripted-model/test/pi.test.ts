import { expect, test } from "vitest";
import type { Script } from "../src/index.ts";
import { wireNames } from "./clients.ts";
import { runPi, type PiRun } from "./pi.ts";
import { runModel } from "./running-model.ts";

const script: Script = {
  scenarios: [
    {
      name: "note",
      when: "note",
      replies: [
        [{ text: "First a look." }, { run: "printf 'made by the shell' > shell.txt" }],
        [{ write: { path: "deep/note.txt", content: "made by the write tool" } }, { run: "ls" }],
        [{ text: "The note is written." }],
      ],
    },
    {
      name: "hotfix",
      when: "hotfix",
      replies: [[{ run: "echo fixed > hotfix.txt" }], [{ error: 529, times: 1 }, { text: "The hotfix is made." }]],
    },
    { name: "trance", when: "think", replies: [[{ text: "Well," }, { hang: true }]] },
  ],
};

function lastMessage({ events }: PiRun): { content: unknown; stopReason: unknown; errorMessage?: unknown } {
  const ended = events.findLast(({ type }) => type === "message_end");
  return ended?.["message"] as ReturnType<typeof lastMessage>;
}

test.for(wireNames)("Pi runs a command, writes a file and answers, over %s", { timeout: 120_000 }, async (wire) => {
  const { url, requests } = await runModel({ script, keys: ["session-key"] });
  const pi = await runPi({ url, wire, key: "session-key", prompt: "Write a note." });
  expect(pi.stderr).toBe("");
  expect(lastMessage(pi)).toMatchObject({
    stopReason: "stop",
    content: [{ type: "text", text: "The note is written." }],
  });
  expect(await pi.read("shell.txt")).toBe("made by the shell");
  expect(await pi.read("deep/note.txt")).toBe("made by the write tool");
  // Pi runs the tool calls of one reply side by side, so that they end in any order.
  const ended = pi.events.filter(({ type }) => type === "tool_execution_end");
  expect(ended.map(({ toolName, isError }) => `${String(toolName)} ${String(isError)}`).toSorted()).toEqual([
    "bash false",
    "bash false",
    "write false",
  ]);
  expect(requests).toMatchObject([0, 1, 2].map((position) => ({ wire, position, status: 200 })));
  expect(requests).toHaveLength(3);
});

test.for(wireNames)("Pi with a wrong key over %s hears that it is wrong", { timeout: 120_000 }, async (wire) => {
  const { url, requests } = await runModel({ script, keys: ["session-key"] });
  const pi = await runPi({ url, wire, key: "stolen", prompt: "Write a note." });
  expect(lastMessage(pi)).toMatchObject({
    stopReason: "error",
    errorMessage: expect.stringContaining("The API key is not valid."),
  });
  expect(requests).toMatchObject([{ wire, key: "stolen", status: 401 }]);
});

test("two Pis at once, one of them retrying, each play their own part", { timeout: 120_000 }, async () => {
  const { url } = await runModel({ script });
  const [note, hotfix] = await Promise.all([
    runPi({ url, wire: "anthropic", key: "one", prompt: "Write a note." }),
    runPi({ url, wire: "openai-chat", key: "two", prompt: "Make the hotfix." }),
  ]);
  expect(lastMessage(note).content).toMatchObject([{ text: "The note is written." }]);
  expect(lastMessage(hotfix).content).toMatchObject([{ text: "The hotfix is made." }]);
  expect(await hotfix.read("hotfix.txt")).toBe("fixed\n");
  await expect(hotfix.read("shell.txt")).rejects.toThrow("ENOENT");
});

test("a Pi that is killed while the model hangs has gone away", { timeout: 120_000 }, async () => {
  const { url, requests } = await runModel({ script });
  const stop = new AbortController();
  const run = runPi({ url, wire: "anthropic", key: "any", prompt: "Think.", signal: stop.signal });
  await expect.poll(() => requests[0]?.status, { timeout: 60_000 }).toBe(200);
  expect(requests[0]?.aborted).toBe(false);
  stop.abort();
  await run;
  await expect.poll(() => requests[0]?.aborted, { timeout: 10_000 }).toBe(true);
});
