import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { until } from "@harness/core/testing";
import { expect, it, onTestFinished } from "vitest";
import { ask, sendRaw, testRelay, testUpstream, WIRES } from "./relay-calls.ts";

const { path, body } = WIRES.anthropic;

it("takes a request in the body of another for the body that it is", async () => {
  const asked: string[] = [];
  const url = await testUpstream((incoming, answer) => {
    void text(incoming).then((said) => {
      asked.push(`${incoming.method} ${incoming.url} ${said}`);
      answer.end();
    });
  });
  const { relay } = await testRelay(url);
  const { host, pathname } = new URL(relay.baseUrl);
  const inside = `POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  const head = `GET ${pathname}/v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
  const chunk = `${inside.length.toString(16)}\r\n${inside}\r\n0\r\n\r\n`;
  await sendRaw(relay.baseUrl, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
  await ask(`${relay.baseUrl}/v1/last`);
  expect(asked).toEqual([`GET /v1/models ${inside}`, "GET /v1/last "]);
});

it("ends a connection that asks before it has its answer", async () => {
  const asked: string[] = [];
  const url = await testUpstream((incoming, answer) => {
    asked.push(incoming.url ?? "");
    if (incoming.method === "GET") answer.end();
  });
  const { relay, end } = await testRelay(url);
  const { host, pathname, port } = new URL(relay.baseUrl);
  const one = `POST ${pathname}/v1/messages HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`;
  const client = connect(Number(port), "127.0.0.1");
  client.on("error", () => {});
  client.write(one);
  await until(() => asked.length === 1);
  client.write(one.repeat(500));
  await once(client, "close");
  await end(1);
  await ask(`${relay.baseUrl}/v1/models`);
  expect(asked).toEqual(["/v1/messages", "/v1/models"]);
});

it("tells at once of an endpoint that changes the protocol unasked", async () => {
  const server = createServer((connection) => {
    connection.on("error", () => {});
    connection.once("data", () =>
      connection.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n"),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { relay, end } = await testRelay(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await ask(relay.baseUrl + path, { body })).toMatchObject({ status: 502 });
  expect(await end(1)).toMatchObject({ outcome: "broken", status: null });
});
