import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { call } from "./calls.ts";
import { placeLogin, startOAuthServer } from "./oauth-server.ts";
import { startWorker } from "./running-worker.ts";

const MANY = 200;

test("two hundred sessions that meet the expiry together cause one refresh, and all are answered", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const { pair } = server;
  const { read, ...login } = placeLogin(directory.path, server.login());
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const sockets = await Promise.all(Array.from({ length: MANY }, (_, n) => worker.grant(`s${n}`)));
  const answers = await Promise.all(sockets.map((socket) => call(socket)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: MANY }, () => 200));
  expect([server.asked, server.rotated]).toEqual([1, 1]);
  expect(new Set(server.calls.map(({ token }) => token))).toEqual(new Set([server.pair.access]));
  // Neither the new pair nor the old one is told, however the provider repeats it.
  for (const { text } of answers)
    for (const token of [...Object.values(server.pair), ...Object.values(pair)]) expect(text).not.toContain(token);
  expect(read()).toMatchObject({ state: "ready", generation: 1, login: { refreshToken: server.pair.refresh } });
});

test("a token that is refused before its time is renewed once, and sessions are told to try again", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const far = new Date(Date.now() + 3_600_000).toISOString();
  const { read: _read, ...login } = placeLogin(directory.path, server.login({ expiresAt: far }));
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const sockets = await Promise.all(Array.from({ length: 50 }, (_, n) => worker.grant(`s${n}`)));
  expect(await call(sockets[0]!)).toMatchObject({ status: 200 });
  server.refuses = server.pair.access;
  const answers = await Promise.all(sockets.map((socket) => call(socket)));
  expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
  for (const { status, code, headers } of answers.filter((answer) => answer.status !== 200))
    expect([status, code, headers["x-should-retry"], headers["retry-after"]]).toEqual([
      503,
      "key-renewed",
      "true",
      "1",
    ]);
  expect(await call(sockets[0]!)).toMatchObject({ status: 200 });
  expect(server.asked).toBe(1);
  // One that is refused although it is new says that it is not the token's fault, and whoever asks is told so.
  server.refuses = "everything";
  expect(await call(sockets[0]!)).toMatchObject({ status: 401, code: undefined });
  expect(await call(sockets[0]!)).toMatchObject({ status: 401, code: undefined });
  expect(server.asked).toBe(1);
});

test("a session that has its calls refused has one renewal at most, and costs the others nothing", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const far = new Date(Date.now() + 3_600_000).toISOString();
  const { read: _read, ...login } = placeLogin(directory.path, server.login({ expiresAt: far }));
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const hostile = await worker.grant("s1");
  const other = await worker.grant("s2");
  server.refusesVersion = "1999-01-01";
  const refused = { headers: { "anthropic-version": "1999-01-01" } };
  for (let round = 0; round < 10; round++) {
    expect((await call(other)).status).toBe(200);
    // As its provider says it, but for the first time, when it may be the token.
    expect((await call(hostile, refused)).status).toBe(round === 0 ? 503 : 401);
  }
  expect(server.asked).toBe(1);
});

test("a token endpoint that fails takes no token away that is good", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const far = new Date(Date.now() + 3_600_000).toISOString();
  const { read, ...login } = placeLogin(directory.path, server.login({ expiresAt: far }));
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const hostile = await worker.grant("s1");
  const other = await worker.grant("s2");
  server.answer = { status: 503, body: "{}" };
  server.refusesVersion = "1999-01-01";
  expect((await call(hostile, { headers: { "anthropic-version": "1999-01-01" } })).status).toBe(503);
  await until(() => server.asked > 0);
  for (let round = 0; round < 5; round++) expect((await call(other)).status).toBe(200);
  // It was accepted meanwhile: there is nothing to renew.
  server.answer = null;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect((await call(other)).status).toBe(200);
  expect([server.asked, read().generation]).toEqual([1, 0]);
});

test("a new pair is on the disk before anything is asked with it", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer(1);
  const { read, ...login } = placeLogin(directory.path, server.login());
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const socket = await worker.grant("s1");
  for (let generation = 1; generation <= 3; generation += 1) {
    expect(await call(socket)).toMatchObject({ status: 200 });
    expect(read()).toMatchObject({ generation, login: { accessToken: server.calls.at(-1)?.token } });
    await until(() => Date.parse(read().expiresAt ?? "") <= Date.now());
  }
});

test("a login that the provider has ended needs a person, says so at once, and stays as it was", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const given = server.login({ refreshToken: "refresh-of-somebody-else-0123456789" });
  const { read, ...login } = placeLogin(directory.path, given);
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const refused = { status: 401, code: "needs-login", headers: { "x-should-retry": "false" } };
  expect(await call(await worker.grant("s1"))).toMatchObject(refused);
  expect(read()).toMatchObject({ state: "needs-login", reason: "invalid_grant", generation: 0, login: given });
  await worker.replace();
  expect(await call(await worker.grant("s1"))).toMatchObject(refused);
  expect([server.asked, server.calls]).toEqual([1, []]);
});

test("an endpoint that fails says nothing of the login: it is asked again after a while, and not by everybody", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  server.answer = { status: 503, body: '{"error":"invalid_grant"}' };
  const { read, ...login } = placeLogin(directory.path, server.login());
  await using worker = await startWorker(directory.path, { wire: "anthropic", baseUrl: server.url, ...login });
  const socket = await worker.grant("s1");
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(socket)));
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 503, code: "key-unavailable", headers: { "x-should-retry": "true" } });
  expect(server.asked).toBe(1);
  server.answer = null;
  await until(async () => (await call(socket)).status === 200);
  expect(server.asked).toBe(2);
  expect(read()).toMatchObject({ state: "ready", generation: 1 });
});

test("a worker whose login cannot be read refuses to serve, and leaves it alone", async () => {
  await using directory = temporaryDirectory();
  await using server = await startOAuthServer();
  const { secret: _key, read, ...login } = placeLogin(directory.path, server.login());
  const options = { wire: "anthropic", baseUrl: server.url, ...login, secret: "A".repeat(43) } as const;
  await expect(startWorker(directory.path, options)).rejects.toThrow(/./);
  expect(read()).toMatchObject({ state: "ready", generation: 0 });
});
