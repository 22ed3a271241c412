import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { sessionPaths } from "@harness/core";
import { requireTool, temporaryDirectory } from "@harness/core/testing";
import { startWrapped } from "@harness/sandbox";
import { expect, it } from "vitest";
import { findWall } from "../src/wall/find-wall.ts";
import { shortSocketPath } from "../src/model/socket-path.ts";

const BRIDGE = resolve(import.meta.dirname, "../dist/model-bridge.cjs");

// Asks through the door; kills the bridge as a tool shell could; and asks until it is answered again.
const PROGRAM = `
const { connect } = require("node:net");
const { readdirSync, readFileSync } = require("node:fs");
const ask = () => new Promise((resolve) => {
  const socket = connect(4871, "127.0.0.1");
  socket.on("data", (bytes) => (socket.destroy(), resolve(String(bytes))));
  socket.on("error", () => resolve(null));
});
const answered = async () => { for (;;) { const said = await ask(); if (said) return said; await new Promise((r) => setTimeout(r, 20)); } };
(async () => {
  console.log(await answered());
  const bridges = readdirSync("/proc").filter((pid) => /^[0-9]+$/.test(pid) && readFileSync("/proc/" + pid + "/cmdline", "utf8").split("\\0")[1]?.endsWith("model-bridge.cjs"));
  for (const pid of bridges) process.kill(Number(pid), "SIGKILL");
  console.log("killed " + bridges.length);
  console.log(await answered());
  process.exit(0);
})();
`;

it("is there again when a tool of the coding agent has killed it, also below a long path", async () => {
  if (!requireTool("bwrap")) return;
  await using place = temporaryDirectory();
  const paths = sessionPaths(join(place.path, "a-state-root-with-a-long-name".repeat(4), "abcdefghij"));
  const runtime = join(paths.home, ".run");
  mkdirSync(runtime, { recursive: true });
  expect(join(runtime, "model").length).toBeGreaterThan(108);
  const script = join(paths.home, "program.cjs");
  writeFileSync(script, PROGRAM);
  const server = createServer((connection) => connection.on("error", () => {}).end("hello"));
  server.listen({ path: shortSocketPath(join(runtime, "model")) });
  await once(server, "listening");
  const endpoint = { wire: "anthropic" as const, baseUrl: "http://127.0.0.1:1" };
  const wall = await findWall({
    spec: { v: 1, id: "abcdefghij", agent: { driver: "command" }, sandbox: "bubblewrap", endpoint },
    paths,
    runtime,
    bridge: BRIDGE,
    pushes: false,
    onFound() {},
  });
  const environment = { PATH: process.env["PATH"] ?? "" };
  const wrapped = await wall.wrap([process.execPath, script], { cwd: paths.home, environment, patient: true });
  const child = startWrapped(wrapped, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout?.on("data", (bytes: Buffer) => (said += bytes.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await once(child, "close");
  clearTimeout(timer);
  server.close();
  expect(said.split("\n")).toEqual(["hello", "killed 1", "hello", ""]);
});
