import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer as createPlainServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { isHarnessError, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import type { WireName } from "@harness/scripted-model";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRelay } from "../src/model/start-relay.ts";
import { RELAY_BUNDLE } from "./agent-process.ts";
import { ask, sendRaw, testModel, testRelay, testUpstream, WIRES } from "./relay-calls.ts";

const wires = Object.keys(WIRES) as WireName[];

describe.each(wires)("the wire %s", (wire) => {
  const { base, path, body } = WIRES[wire];

  it("passes unchanged, and its call is told as ok", async () => {
    const model = await testModel([{ text: "Good morning to you." }]);
    const { relay, end } = await testRelay(model.url + base);
    const direct = await ask(model.url + base + path, { body });
    const relayed = await ask(relay.baseUrl + path, { body });
    const plain = (said: string | null) =>
      said?.replaceAll(/[a-z]+_[0-9a-z]{8,}|"(created(_at)?|id|responseId|item_id)":[^,}]+/g, "");
    expect(plain(relayed.body)).toBe(plain(direct.body));
    expect(relayed.headers["content-type"]).toBe(direct.headers["content-type"]);
    expect(await end(1)).toMatchObject({ outcome: "ok", status: 200, bytes: relayed.body?.length });
    expect(model.requests.at(-1)).toMatchObject({ wire, aborted: false });
  });

  it("has its refusals told in the endpoint's own words", async () => {
    const model = await testModel([{ error: 529, message: "Too many guests." }]);
    const { relay, end } = await testRelay(model.url + base);
    expect(await ask(relay.baseUrl + path, { body })).toMatchObject({ status: 529 });
    expect(await end(1)).toMatchObject({ outcome: "refused", status: 529, text: "Too many guests." });
  });

  it("has failures inside a stream told, before the stream is over", async () => {
    const model = await testModel([{ text: "Let me" }, { error: 429, message: "Slow down." }]);
    const { relay, end } = await testRelay(model.url + base);
    expect(await ask(relay.baseUrl + path, { body })).toMatchObject({ status: 200 });
    expect(await end(1)).toMatchObject({ outcome: "refused", status: 200, inStreamError: 429, text: "Slow down." });
  });

  it("is cut where the endpoint cuts it", async () => {
    const model = await testModel([{ text: "Let me" }, { disconnect: true }]);
    const { relay, end } = await testRelay(model.url + base);
    expect(await ask(relay.baseUrl + path, { body })).toMatchObject({ status: 200, body: null });
    expect(await end(1)).toMatchObject({ outcome: "broken", status: 200 });
  });
});

describe("a model call", () => {
  const { path, body } = WIRES.anthropic;

  it("that waits for its turn has the endpoint's time told", async () => {
    const model = await testModel([{ error: 429, retryAfterMs: 7_000 }]);
    const { relay, end } = await testRelay(model.url);
    await ask(relay.baseUrl + path, { body });
    expect(await end(1)).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it("is a 502 when nothing listens, and told without a status", async () => {
    const { relay, end } = await testRelay("http://127.0.0.1:1");
    const answer = await ask(relay.baseUrl + path, { body });
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining("cannot be reached") });
    expect(await end(1)).toMatchObject({
      outcome: "broken",
      status: null,
      text: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is given up at the endpoint when the coding agent gives it up", async () => {
    const model = await testModel([{ text: "Let me" }, { hang: true }]);
    const { relay, end } = await testRelay(model.url);
    const sent = request(relay.baseUrl + path, { method: "POST", agent: false });
    sent.on("error", () => {});
    sent.end(JSON.stringify(body));
    const [answer] = await once(sent, "response");
    await once(answer, "data");
    sent.destroy();
    expect(await end(1)).toMatchObject({ outcome: "aborted", status: 200 });
    await until(() => model.requests[0]?.aborted);
  });

  it("is heard of before `sync` resolves", async () => {
    const model = await testModel([{ error: 400 }]);
    const { relay, ended } = await testRelay(model.url);
    for (let call = 1; call <= 50; call++) {
      await ask(relay.baseUrl + path, { body });
      await relay.sync();
      expect(ended).toHaveLength(call);
    }
  });

  it("brings its first piece while the rest is not there yet, and headers before that", async () => {
    const released = Promise.withResolvers<void>();
    const url = await testUpstream((_asked, answer) => {
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.flushHeaders();
      void released.promise.then(() => answer.write("data: first\n\n"));
    });
    const { relay } = await testRelay(url);
    const sent = request(relay.baseUrl + path, { method: "POST", agent: false }).end();
    sent.on("error", () => {});
    const [answer] = await once(sent, "response");
    released.resolve();
    const [piece] = await once(answer, "data");
    expect(String(piece)).toBe("data: first\n\n");
    sent.destroy();
  });

  it("is not read further than the coding agent reads", async () => {
    const size = 64 * 1024 * 1024;
    let taken = 0;
    let full = false;
    const url = await testUpstream((_asked, answer) => {
      answer.writeHead(200, { "content-type": "text/event-stream", "content-length": size });
      const piece = Buffer.alloc(64 * 1024, "x");
      const more = () => {
        full = false;
        while (taken < size && !full) {
          taken += piece.length;
          full = !answer.write(piece);
        }
      };
      answer.on("drain", more);
      more();
    });
    const { relay, end } = await testRelay(url);
    const sent = request(relay.baseUrl + path, { method: "POST", agent: false }).end();
    const [answer] = await once(sent, "response");
    // Full, and as much as a moment ago: nobody takes any more.
    let before = -1;
    await until(async () => {
      const still = full && taken === before;
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return still;
    });
    expect(taken).toBeLessThan(size / 2);
    let read = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) read += piece.length;
    expect(read).toBe(size);
    expect(await end(1)).toMatchObject({ outcome: "ok", bytes: size });
  });

  it("is passed with its key and body, without what concerns one connection alone", async () => {
    let seen = "";
    const url = await testUpstream((asked, answer) => {
      void text(asked).then((said) => {
        seen = JSON.stringify({ headers: asked.headers, said, url: asked.url });
        answer.setHeader("keep-alive", "timeout=3").end("{}");
      });
    });
    const { relay, end } = await testRelay(`${url}/base/v1?version=2`);
    const headers = { "x-api-key": "k", connection: "close, x-hop", "x-hop": "1", "proxy-authorization": "p" };
    const answer = await ask(`${relay.baseUrl}/chat/completions?a=1`, { body, headers });
    const { headers: got, said, url: target } = JSON.parse(seen);
    expect(got).toMatchObject({ "x-api-key": "k", host: new URL(url).host, "accept-encoding": "identity" });
    expect(Object.keys(got)).not.toEqual(expect.arrayContaining(["x-hop"]));
    expect(got["proxy-authorization"]).toBeUndefined();
    expect(JSON.parse(said)).toEqual(body);
    expect(target).toBe("/base/v1/chat/completions?a=1&version=2");
    expect(answer.headers["keep-alive"]).not.toBe("timeout=3");
    expect(await end(1)).toMatchObject({ outcome: "ok" });
  });

  it("whose answer makes no sense is a 502, and the next one goes on", async () => {
    const server = createPlainServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\n{}"));
      socket.on("error", () => {});
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { relay, end } = await testRelay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const call of [1, 2]) {
      expect(await ask(relay.baseUrl + path, { body })).toMatchObject({ status: 502 });
      expect(await end(call)).toMatchObject({ outcome: "broken" });
    }
    expect(relay.ended).toBe(false);
  });

  it("goes over TLS to an endpoint that this machine trusts, and to no other", async () => {
    const file = (name: string) => join(import.meta.dirname, "fixtures", name);
    const [key, cert] = [readFileSync(file("loopback.key.pem")), readFileSync(file("loopback.crt.pem"))];
    const url = await testUpstream((asked, answer) => answer.end(JSON.stringify({ key: asked.headers["x-api-key"] })), {
      key,
      cert,
    });
    const trusting = await testRelay(url, { NODE_EXTRA_CA_CERTS: file("loopback.crt.pem") });
    const answer = await ask(trusting.relay.baseUrl + path, { body, headers: { "x-api-key": "k" } });
    expect(answer).toMatchObject({ status: 200, body: '{"key":"k"}' });
    const other = await testRelay(url);
    expect(await ask(other.relay.baseUrl + path, { body })).toMatchObject({ status: 502 });
    expect(await other.end(1)).toMatchObject({ outcome: "broken", text: expect.stringContaining("certificate") });
  });

  it("that is redirected leads nowhere", async () => {
    const url = await testUpstream((_asked, answer) =>
      answer.writeHead(307, { location: "http://127.0.0.1:1/" }).end(),
    );
    const { relay, end } = await testRelay(url);
    const answer = await ask(relay.baseUrl + path, { body });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBeUndefined();
    expect(await end(1)).toMatchObject({ outcome: "refused", status: 307 });
  });
});

describe("the relay", () => {
  const post = (target: string, host: string) =>
    `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;

  it("answers nobody who does not know its path, its name or its kind", async () => {
    const model = await testModel([{ text: "hi" }]);
    const { relay, begun } = await testRelay(model.url);
    const { host, pathname, port } = new URL(relay.baseUrl);
    const replies = async (bytes: string) => (await sendRaw(relay.baseUrl, bytes)).split("\r\n")[0];
    expect(await replies(post("/v1/messages", host))).toContain("404");
    expect(await replies(post(`${pathname}/v1/messages`, `localhost:${port}`))).toContain("421");
    expect(await replies(post(`http://${host}${pathname}/v1/messages`, host))).toContain("400");
    expect(await replies(post(`${pathname}/v1/../messages`, host))).toContain("400");
    expect(await replies(post(`${pathname}/%2e%2e/messages`, host))).toContain("400");
    expect(await replies(`CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toContain("405");
    expect(await replies(post(`${pathname}/${"x".repeat(64_000)}`, host))).toContain("431");
    expect(begun()).toBe(0);
    expect(model.requests).toEqual([]);
  });

  it("passes on what is no model call without telling of it", async () => {
    const model = await testModel([{ text: "hi" }]);
    const { relay, begun } = await testRelay(`${model.url}/v1`);
    expect(await ask(`${relay.baseUrl}/models`)).toMatchObject({ status: 200, body: expect.stringContaining("data") });
    expect(begun()).toBe(0);
  });

  it("refuses an endpoint that is none", async () => {
    for (const address of ["nonsense", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/"]) {
      const program = { path: RELAY_BUNDLE, environment: {} };
      const started = startRelay(program, { upstream: address, clock: systemClock, onCall() {}, onLost() {} });
      const error = await started.catch((thrown: unknown) => thrown);
      expect(isHarnessError(error) && error.code).toBe("relay-failed");
      expect(String(error)).not.toContain("secret");
    }
  });

  it("ends when it is closed", async () => {
    const { relay } = await testRelay("http://127.0.0.1:1");
    relay.close();
    await until(() => relay.ended);
    await expect(ask(relay.baseUrl)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  });
});
