import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { parseListedHost } from "@harness/sandbox";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, it, onTestFinished } from "vitest";
import { shortSocketPath } from "../model/socket-path.ts";
import type { Refused } from "../wall/outlet-line.ts";
import type { Lookup } from "./find-addresses.ts";
import { serveOutlet } from "./serve-outlet.ts";

/** Says what it hears in capitals. */
async function testServer(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((connection) => {
    connections += 1;
    connection.on("error", () => {}).on("data", (bytes) => connection.write(bytes.toString().toUpperCase()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

async function testOutlet(hosts: string[], lookup?: Lookup) {
  const place = temporaryDirectory();
  // Longer than a socket's address can be.
  const socket = join(place.path, "x".repeat(120), "outlet");
  mkdirSync(join(socket, ".."), { recursive: true });
  const refused: Refused[] = [];
  const outlet = await serveOutlet({
    hosts: hosts.map(parseListedHost),
    socket,
    onRefused: (each) => refused.push(each),
    ...(lookup ? { lookup } : {}),
  });
  onTestFinished(async () => {
    outlet.close();
    await place[Symbol.asyncDispose]();
  });
  return { socket, refused };
}

/** Sends the bytes and reads until the answer holds `last`, or the connection ends. */
async function talk(socket: string, bytes: string | Buffer, last = "\n\n\n"): Promise<string> {
  const client = connect({ path: shortSocketPath(socket) });
  client.on("error", () => {});
  client.write(bytes);
  let said = "";
  for await (const chunk of client) {
    said += String(chunk);
    if (said.includes(last)) break;
  }
  client.destroy();
  return said;
}

it("carries bytes to a listed address and back, also those that come with the request", async () => {
  const server = await testServer();
  const { socket, refused } = await testOutlet([`127.0.0.1:${server.port}`]);
  const said = await talk(socket, `CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\nhello`, "HELLO");
  expect(said).toBe("HTTP/1.1 200 Connection established\r\n\r\nHELLO");
  expect(refused).toEqual([]);
});

it("refuses what is not listed, in words, and tells of it", async () => {
  const server = await testServer();
  const { socket, refused } = await testOutlet(["127.0.0.1:1"]);
  const said = await talk(socket, `CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(said).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
  expect(said).toContain("not on the session's list");
  expect(refused).toEqual([{ target: `127.0.0.1:${server.port}`, reason: "it is not on the session's list" }]);
  expect(server.connections()).toBe(0);
});

it("takes a listed name nowhere that leads to this machine", async () => {
  const server = await testServer();
  const name = `example.com:${server.port}`;
  const { socket, refused } = await testOutlet([name], async () => [{ address: "127.0.0.1", family: 4 }]);
  expect(await talk(socket, `CONNECT ${name} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 502 /);
  expect(refused).toMatchObject([
    { target: name, reason: expect.stringContaining("127.0.0.1, which is this machine") },
  ]);
  expect(server.connections()).toBe(0);
});

it.each<[string, (port: number) => string]>([
  ["a request for a page", (port) => `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`],
  ["a NUL in the target", (port) => `CONNECT 127.0.0.1:${port}\0.evil.com:443 HTTP/1.1\r\n\r\n`],
  ["another Host", (port) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: evil.com\r\n\r\n`],
  ["a body of a length", (port) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello`],
  [
    "chunks",
    (port) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  ],
  ["a folded header", (port) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: evil.com\r\n ,127.0.0.1\r\n\r\n`],
  ["an old request line", () => "CONNECT\r\n\r\n"],
  ["no HTTP at all", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello there\r\n\r\n"],
  ["SOCKS", () => "\x05\x01\x00"],
  ["endless headers", (port) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`],
])("makes no connection for %s", async (_, bytes) => {
  const server = await testServer();
  const { socket, refused } = await testOutlet([`127.0.0.1:${server.port}`]);
  expect(await talk(socket, bytes(server.port))).toMatch(/^HTTP\/1.1 4\d\d /);
  expect(server.connections()).toBe(0);
  expect(refused).toHaveLength(1);
});

it("passes a second CONNECT on as bytes, to the listed place and to nowhere else", async () => {
  const server = await testServer();
  const other = await testServer();
  const { socket } = await testOutlet([`127.0.0.1:${server.port}`]);
  const first = `CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`;
  const second = `connect 127.0.0.1:${other.port} http/1.1\r\n\r\n`;
  expect(await talk(socket, first + second, "HTTP/1.1\r\n\r\n")).toContain(second.toUpperCase());
  expect(other.connections()).toBe(0);
});

it("says so when a listed place does not answer", async () => {
  const { socket, refused } = await testOutlet(["127.0.0.1:1"]);
  expect(await talk(socket, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1.1 502 .*ECONNREFUSED/s);
  expect(refused).toHaveLength(1);
});

/** A server that accepts nobody yet, with as many waiting as there is room for: whoever comes now has to go on asking. */
async function busyServer() {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../test/programs/busy-listener.mjs")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await until(() => said.includes("\n"));
  const port = Number(/^port (\d+)$/m.exec(said)?.[1]);
  const waiting = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  for (const each of waiting) await once(each, "connect");
  const mine = waiting.map(({ localPort }) => Number(localPort));
  const others = (word: string) =>
    Array.from(said.matchAll(new RegExp(`^${word} (\\d+)$`, "gm")), ([, from]) => Number(from)).filter(
      (from) => !mine.includes(from),
    );
  const asks = new RegExp(` 0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 02 `);
  return {
    port,
    /** Somebody asks, and is not answered. */
    isAsked: () => asks.test(readFileSync("/proc/net/tcp", "latin1")),
    accept() {
      for (const each of waiting) each.destroy();
      child.stdin.write("\n");
    },
    accepted: () => others("accepted").length,
    gone: () => others("gone").length,
  };
}

it.runIf(existsSync("/proc/net/tcp")).each<[string, (target: string) => string]>([
  ["goes away", (target) => `CONNECT ${target} HTTP/1.1\r\n\r\n`],
  // What it did not read makes its end an error at the other side, which is over with it by then.
  ["asks twice and goes away unheard", (target) => `GET / HTTP/1.1\r\n\r\nCONNECT ${target} HTTP/1.1\r\n\r\n`],
])("keeps nothing open for who %s before a listed place answers", { timeout: 20_000 }, async (_, requests) => {
  const server = await busyServer();
  const target = `127.0.0.1:${server.port}`;
  const { socket } = await testOutlet([target]);
  const client = connect({ path: shortSocketPath(socket) }).pause();
  client.write(requests(target));
  await until(() => server.isAsked());
  client.destroy();
  await once(client, "close");
  server.accept();
  await until(() => server.accepted() === 1, { timeoutMs: 10_000 });
  await until(() => server.gone() === 1, { timeoutMs: 5_000 });
});
