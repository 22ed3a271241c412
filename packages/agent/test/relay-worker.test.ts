import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { systemClock } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, onTestFinished, test } from "vitest";
import type { CallEnd, CallHold } from "../src/model/call.ts";
import { startRelay } from "../src/model/start-relay.ts";
import { RELAY_BUNDLE } from "./agent-process.ts";
import { ask, WIRES } from "./relay-calls.ts";

const { path, body } = WIRES.anthropic;
const KEY = "harness-worker-key-of-this-session";

/** A relay before a credential worker that does what `serve` does. */
async function behindWorker(serve: ((asked: IncomingMessage, answer: ServerResponse) => void) | null) {
  const directory = temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const socket = join(directory.path, "w.sock");
  const server = createServer((asked, answer) => serve?.(asked, answer));
  if (serve) await once(server.listen(socket), "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const ended: CallEnd[] = [];
  const holds: CallHold[] = [];
  const relay = await startRelay(
    { path: RELAY_BUNDLE, environment: {}, worker: { socket, key: KEY } },
    {
      upstream: "http://127.0.0.1:1",
      clock: systemClock,
      onCall: (line) => void (line.type === "end" && ended.push(line)),
      onHold: (line) => holds.push(line),
      onLost: (why) => {
        throw new Error(why);
      },
    },
  );
  onTestFinished(() => relay.close());
  return { relay, server, ended, holds };
}

test("a credential worker is presented its key, whatever the coding agent takes for it", async () => {
  const seen: IncomingMessage["headers"][] = [];
  const { relay } = await behindWorker((asked, answer) => {
    asked.resume();
    seen.push(asked.headers);
    answer.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const headers = {
    "x-api-key": "none",
    authorization: "Bearer none",
    "x-goog-api-key": "none",
    "x-harness-hold": "mine",
  };
  expect(await ask(`${relay.baseUrl}${path}`, { body, headers })).toMatchObject({ status: 200 });
  expect(await ask(`${relay.baseUrl}/v1/models`, { headers })).toMatchObject({ status: 200 });
  expect(seen[0]).toMatchObject({ authorization: `Bearer ${KEY}`, host: "localhost", "x-harness-hold": "1" });
  expect(seen[1]).toMatchObject({ authorization: `Bearer ${KEY}` });
  // Only what a turn can wait for is held.
  expect(Object.keys(seen[1]!)).not.toContain("x-harness-hold");
  expect(JSON.stringify(seen)).not.toContain("none");
});

test.each([
  ["is not there", null],
  [
    "ends in the middle of a request",
    (asked: IncomingMessage) => {
      asked.resume();
      asked.once("end", () => asked.socket.destroy());
    },
  ],
])("where the credential worker %s, the coding agent is told to try again", async (_what, serve) => {
  const { relay, ended } = await behindWorker(serve);
  const answer = await ask(`${relay.baseUrl}${path}`, { body });
  expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1", "x-should-retry": "true" } });
  const { error } = JSON.parse(answer.body ?? "") as { error: object };
  expect(error).toMatchObject({ code: "credential-worker-gone", retryable: true });
  expect(ended).toMatchObject([{ outcome: "broken", status: null }]);
});

test("a call that is held is told of, and goes on when the worker lets it", async () => {
  const answers: ServerResponse[] = [];
  const { relay, holds, ended } = await behindWorker((asked, answer) => {
    asked.resume();
    answer.socket?.write("HTTP/1.1 102 Processing\r\nx-harness-hold: 5000; It is spent.\r\n\r\n");
    answers.push(answer);
  });
  const answered = ask(`${relay.baseUrl}${path}`, { body });
  await until(() => holds.length === 1);
  expect(holds).toEqual([{ type: "held", call: 1, text: "It is spent.", holdMs: 5000 }]);
  answers[0]!.writeHead(200, { "content-type": "application/json" }).end("{}");
  expect(await answered).toMatchObject({ status: 200, body: "{}" });
  await until(() => ended.length === 1);
  expect([holds[1], ended[0]?.outcome]).toEqual([{ type: "released", call: 1, answered: true }, "ok"]);
});

test("a call that is held is refused when the person says no, and the worker hears that nobody waits", async () => {
  const gone: boolean[] = [];
  const { relay, holds, ended } = await behindWorker((asked, answer) => {
    asked.resume();
    answer.socket?.write("HTTP/1.1 102 Processing\r\nx-harness-hold: 5000; It is spent.\r\n\r\n");
    answer.once("close", () => gone.push(true));
  });
  const answered = ask(`${relay.baseUrl}${path}`, { body });
  await until(() => holds.length === 1);
  relay.refuse(1);
  const answer = await answered;
  expect(answer).toMatchObject({ status: 402, headers: { "x-should-retry": "false" } });
  expect(JSON.parse(answer.body ?? "")).toMatchObject({ error: { code: "budget-spent", message: "It is spent." } });
  await until(() => gone.length === 1 && ended.length === 1);
  expect(ended).toMatchObject([{ outcome: "refused", status: 402, refusal: "budget-spent", text: "It is spent." }]);
});
