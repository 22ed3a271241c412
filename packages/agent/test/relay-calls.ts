import { once } from "node:events";
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type RequestListener,
} from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { startScriptedModel, type Reply, type ScriptedModel, type WireName } from "@harness/scripted-model";
import { onTestFinished } from "vitest";
import type { CallEnd } from "../src/model/call.ts";
import { startRelay, type Relay } from "../src/model/start-relay.ts";
import { RELAY_BUNDLE } from "./agent-process.ts";

export interface TestRelay {
  readonly relay: Relay;
  readonly begun: () => number;
  readonly ended: readonly CallEnd[];
  /** The end of the call, counted from 1. */
  end(call: number): Promise<CallEnd>;
}

/** A relay process before `upstream`, ended with the test. */
export async function testRelay(upstream: string, environment: Record<string, string> = {}): Promise<TestRelay> {
  const ended: CallEnd[] = [];
  let begun = 0;
  const relay = await startRelay(
    { path: RELAY_BUNDLE, environment },
    {
      upstream,
      clock: systemClock,
      onCall: (line) => (line.type === "end" ? ended.push(line) : (begun = line.call)),
      onLost: (why) => {
        throw new Error(why);
      },
    },
  );
  onTestFinished(async () => {
    relay.close();
    await until(() => relay.ended);
  });
  return {
    relay,
    begun: () => begun,
    ended,
    end: (call) => until(() => ended.find((end) => end.call === call), { what: `the end of call ${call}` }),
  };
}

/** A model endpoint that plays these replies to whatever is asked, ended with the test. */
export async function testModel(...replies: Reply[]): Promise<ScriptedModel> {
  const model = await startScriptedModel({ script: { scenarios: [{ name: "all", replies }] } });
  onTestFinished(() => model.close());
  return model;
}

/** The endpoint's own path on each wire, and what a client asks below it. */
export const WIRES: Record<WireName, { base: string; path: string; body: object }> = {
  anthropic: {
    base: "",
    path: "/v1/messages",
    body: { model: "m", max_tokens: 9, stream: true, messages: [{ role: "user", content: "hi" }] },
  },
  "openai-chat": {
    base: "/v1",
    path: "/chat/completions",
    body: { model: "m", stream: true, messages: [{ role: "user", content: "hi" }] },
  },
  "openai-responses": { base: "/v1", path: "/responses", body: { model: "m", stream: true, input: "hi" } },
  gemini: {
    base: "/v1beta",
    path: "/models/m:streamGenerateContent?alt=sse",
    body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
  },
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Null when the connection broke off. */
  readonly body: string | null;
}

/** One request with a connection of its own, so that nothing is decided by what an earlier one left. */
export function ask(url: string, options: { body?: object; method?: string; headers?: OutgoingHttpHeaders } = {}) {
  const { body, headers = {}, method = body ? "POST" : "GET" } = options;
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      const { statusCode = 0, headers: given } = answer;
      text(answer).then(
        (said) => resolve({ status: statusCode, headers: given, body: said }),
        () => resolve({ status: statusCode, headers: given, body: null }),
      );
    });
    sent.once("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** A server of the test's own, ended with it. Returns its URL. */
export async function testUpstream(listener: RequestListener, tls?: ServerOptions): Promise<string> {
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http${tls ? "s" : ""}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends bytes as they stand. Returns what comes back until the connection ends. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}
