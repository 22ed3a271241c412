import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool, until } from "@harness/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { testSession } from "./agent-process.ts";
import { lives, promptOnce } from "./model-session.ts";
import { testModel } from "./relay-calls.ts";

const CLIENT = join(import.meta.dirname, "programs/network-client.mjs");

interface Said {
  direct: Record<string, string>;
  listed: Record<string, string>;
  model?: number;
  proxy: string | null;
}

/** A server of this machine that says hello to whoever says something. */
async function testServer(): Promise<string> {
  const server = createServer((connection) => {
    connection.on("error", () => {}).once("data", () => connection.end("welcome"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const agentFor = (...places: string[]) => ({ driver: "command", command: [process.execPath, CLIENT, ...places] });

function outletsOf(agentPid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\s+([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        return parent === agentPid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("network-outlet.cjs");
      } catch {
        return false;
      }
    });
}

describe.runIf(requireTool("bwrap"))("a session with a list", () => {
  it("reaches its hosts and its model, and nothing else of the machine, which is told", async () => {
    const model = await testModel([{ text: "hi" }]);
    const [listed, other] = [await testServer(), await testServer()];
    const endpoint = { wire: "anthropic" as const, baseUrl: model.url };
    const spec = { sandbox: "bubblewrap", network: "list", hosts: [listed], endpoint, model: "m" };
    await using session = await testSession({ agent: agentFor(listed, other), spec });
    const { pid, child } = await session.run();
    const said = JSON.parse((await promptOnce(session)).text) as Said;
    expect(said).toMatchObject({
      direct: { [listed]: "ECONNREFUSED", [other]: "ECONNREFUSED" },
      listed: { [listed]: "welcome", [other]: "refused with 403" },
      model: 200,
      proxy: "127.0.0.1:4872",
    });
    expect(session.status()).toMatchObject({ sandbox: "bubblewrap", network: "list" });
    const refused = await until(async () => {
      const found = (await session.events()).filter(({ type }) => type === "network.refused");
      return found.length > 0 && found;
    });
    expect(refused).toMatchObject([{ target: other, reason: "it is not on the session's list" }]);

    const [outlet = 0] = outletsOf(pid);
    process.kill(outlet, "SIGKILL");
    await until(async () => (await session.events()).some(({ code }) => code === "outlet-lost"));
    expect((JSON.parse((await promptOnce(session)).text) as Said).listed[listed]).toBe("welcome");
    const [again = 0] = outletsOf(pid);
    child.kill("SIGKILL");
    await until(() => !lives(again));
  });

  it("starts nothing where its list cannot be read, and has no way out where there is none", async () => {
    const server = await testServer();
    const spec = { sandbox: "bubblewrap", network: "list", hosts: [server, "*"] };
    await using session = await testSession({ agent: agentFor(server), spec });
    await session.run();
    expect(await promptOnce(session)).toMatchObject({ code: "network-host-invalid" });

    await using plain = await testSession({ agent: agentFor(server), spec: { sandbox: "bubblewrap" } });
    await plain.run();
    expect(JSON.parse((await promptOnce(plain)).text)).toMatchObject({ listed: { [server]: "no proxy" }, proxy: null });
  });
});
