import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSameProcess, sendMessage, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { openLogin, readLoginFile } from "@harness/credentials";
import { expect, onTestFinished, test } from "vitest";
import { runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";
import { findLogin } from "./find-login.ts";
import { parseLogin, storeLogin } from "./store-login.ts";
import { findCredential, openCredential } from "./store.ts";
import { watchFor } from "./testing/canaries.ts";
import { CANARY, cloud, ended, says, spawnPi, startModel } from "./testing/cloud.ts";
import { readWorker } from "./worker-record.ts";

const FIRST = "refresh/first+0123456789-canary_abcdefgh";
const SECOND = "refresh/second+0123456789-canary_abcdefgh";
const canary = watchFor(CANARY, FIRST, SECOND);

/** A token endpoint that answers what it is told to. */
async function startEndpoint() {
  const endpoint = { url: "", asked: 0, status: 200, body: {} as object, goOn: Promise.resolve() };
  const server = createServer((request, response) => {
    request.resume();
    endpoint.asked += 1;
    void endpoint.goOn.then(() =>
      response.writeHead(endpoint.status, { "content-type": "application/json" }).end(JSON.stringify(endpoint.body)),
    );
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return endpoint;
}

const given = (url: string, more: object = {}) =>
  parseLogin(JSON.stringify({ refresh_token: FIRST, token_endpoint: url, client_id: "c", ...more }), Date.now());

test("a session goes on through renewals of a login; when it ends, its person is told, and goes on with another", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."));
  const endpoint = await startEndpoint();
  endpoint.body = { access_token: CANARY, refresh_token: SECOND, expires_in: 2 };
  const stored = await storeLogin(root, systemClock, { provider: "cloud", login: given(endpoint.url) });
  await using dispatcher = await runDispatcher(root, {
    config: cloud(model.url, ""),
    environment: { PATH: process.env["PATH"] },
  });
  const { id } = await spawnPi(dispatcher);
  expect(await ended(dispatcher, id)).toMatchObject({ lastLine: "Here.", badge: "idle" });
  const worker = readWorker(root, "cloud");
  // The worker writes what the dispatcher knows nothing of: it stays the same process.
  expect(findLogin(root, stored)).toMatchObject({ state: "ready", expiresAt: expect.any(String) });
  // Neither the pair that was given nor the one that it was traded for is anywhere but under its seal.
  expect([canary.files(root.path), canary.processes(), await canary.answers(dispatcher, id)]).toEqual([[], [], []]);
  const { logins } = root.workerOf("cloud");
  const told = readdirSync(logins).map((name) => readFileSync(join(logins, name), "utf8"));
  expect(told.join()).toContain('"sealed"');

  endpoint.status = 400;
  endpoint.body = { error: "invalid_grant" };
  await until(() => Date.parse(findLogin(root, stored)?.expiresAt ?? "") < Date.now());
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  const over = await ended(dispatcher, id, 2);
  expect(over).toMatchObject({ badge: "needs you", turn: { failure: { code: "needs-login" } } });
  expect(findLogin(root, stored)).toMatchObject({ state: "needs-login", reason: "invalid_grant" });
  expect(readWorker(root, "cloud")?.pid).toBe(worker?.pid);

  const next = given(endpoint.url, { access_token: CANARY, expires_in: 3600 });
  await storeLogin(root, systemClock, { provider: "cloud", login: next });
  await until(() => readWorker(root, "cloud") !== null && readWorker(root, "cloud")?.pid !== worker?.pid);
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(dispatcher, id, 3)).toMatchObject({ lastLine: "Here.", badge: "idle" });
  expect(findLogin(root, findCredential(root, "cloud")!)).toMatchObject({ state: "ready" });
  // Nothing is left of the login before.
  expect(readdirSync(root.workerOf("cloud").logins)).toHaveLength(1);
});

test("a dispatcher that goes down with its workers in the middle of a renewal leaves the new pair on the disk", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."));
  const endpoint = await startEndpoint();
  endpoint.body = { access_token: CANARY, refresh_token: SECOND, expires_in: 3600 };
  let goOn = () => {};
  endpoint.goOn = new Promise((resolve) => (goOn = resolve));
  const stored = await storeLogin(root, systemClock, { provider: "cloud", login: given(endpoint.url) });
  const environment = { PATH: process.env["PATH"] };
  await using dispatcher = await runDispatcher(root, { config: cloud(model.url, ""), environment });
  await spawnPi(dispatcher);
  await until(() => endpoint.asked === 1);
  const closing = dispatcher.close({ all: true });
  const worker = readWorker(root, "cloud")!;
  const { sockets } = root.run;
  await until(() => readdirSync(sockets, { recursive: true }).every((name) => !String(name).endsWith(".sock")));
  // Nobody is served any more, and the pair is waited for.
  expect(isSameProcess(worker)).toBe(true);
  goOn();
  await closing;
  expect(isSameProcess(worker)).toBe(false);
  const opened = await openCredential(root, "cloud");
  expect(openLogin(readLoginFile(root.workerOf("cloud").login(stored.login!), "cloud")!, opened!)).toMatchObject({
    accessToken: CANARY,
    refreshToken: SECOND,
  });
  expect(endpoint.asked).toBe(1);
});

test.each([
  ["no JSON", "sk-0123456789", "It is wrong"],
  ["no refresh token", '{"access_token":"a","token_endpoint":"https://a.example","client_id":"c"}', "refresh_token"],
  [
    "a token of two lines",
    '{"refresh_token":"a\\nb","token_endpoint":"https://a.example","client_id":"c"}',
    "refresh_token",
  ],
  [
    "an endpoint that anybody could listen to",
    '{"refresh_token":"a","token_endpoint":"http://a.example","client_id":"c"}',
    "https:",
  ],
  [
    "an expiry that is none",
    '{"refresh_token":"a","token_endpoint":"https://a.example","client_id":"c","expires_at":"soon"}',
    "expires_at",
  ],
])("%s is no login, and no token is repeated", (_what, text, said) => {
  expect(() => parseLogin(text, 0)).toThrow(said);
});

test.each([
  [{ expires_at: 1_700_000_000 }, "2023-11-14T22:13:20.000Z"],
  [{ expires_at: "2026-01-01T01:00:00+01:00" }, "2026-01-01T00:00:00.000Z"],
  [{ expires_in: 60 }, "1970-01-01T00:01:00.000Z"],
  [{}, null],
])("an expiry given as %j is read as %s", (expiry, expected) => {
  const text = JSON.stringify({ refresh_token: "a", token_endpoint: "https://a.example", client_id: "c", ...expiry });
  expect(parseLogin(text, 0).expiresAt).toBe(expected);
});
