import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openApi } from "../../test/api.ts";

test("a client that leaves in the middle of its request is no failure of ours", async () => {
  await using api = await openApi();
  const { port, token } = api.dispatcher;
  const headers = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`, "Content-Type: application/json"];
  const socket = connect(port, "127.0.0.1");
  const begun = `POST /api/sessions HTTP/1.1\r\n${headers.join("\r\n")}\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"task":\r\n`;
  socket.write(begun, () => setTimeout(() => socket.destroy(), 100));
  const said = () => readFileSync(api.root.run.log, "utf8");
  await until(() => said().includes("asked over the API"));
  expect(said()).toMatch(/"path":"\/api\/sessions","who":"bearer","status":400/);
  expect(said()).not.toContain("a request failed");
});
