import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { sessionPaths, type SessionSpec } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { createNone, type Sandbox, type SandboxPolicy } from "@harness/sandbox";
import { expect, it } from "vitest";
import { describeWall } from "./find-wall.ts";
import { findFreePorts } from "./free-ports.ts";

const PLACE = { environment: { PATH: "/usr/bin:/bin" } };

function wallOf(directory: string, loopback: Sandbox["loopback"], spec: Partial<SessionSpec>) {
  const paths = sessionPaths(directory);
  for (const path of [paths.home, paths.worktree]) mkdirSync(path, { recursive: true });
  const policies: SandboxPolicy[] = [];
  const sandbox: Sandbox = {
    ...createNone(),
    name: "seatbelt",
    loopback,
    wrap: (command, policy) => {
      policies.push(policy);
      return createNone().wrap(command, policy);
    },
  };
  const whole: SessionSpec = {
    v: 1,
    id: "abcdefghij",
    agent: { driver: "command" },
    endpoint: { wire: "anthropic", baseUrl: "http://127.0.0.1:1" },
    ...spec,
  };
  const input = { spec: whole, paths, pushes: true, runtime: join(paths.home, ".run"), bridge: "", onFound() {} };
  return { wall: describeWall(input, sandbox, [41, 42, 43]), policies, paths };
}

it.each<[Sandbox["loopback"], Partial<SessionSpec>, number[]]>([
  ["own", { network: "list", hosts: ["a.example"] }, []],
  ["machine", { network: "none" }, []],
  ["machine", { network: "provider" }, [41, 43]],
  ["machine", { network: "list", hosts: ["a.example"] }, [41, 43, 42]],
  ["machine", { network: "host" }, []],
])("with a loopback that is %s and %j it opens the ports %j of the machine", async (loopback, spec, ports) => {
  await using place = temporaryDirectory();
  const { wall, policies, paths } = wallOf(place.path, loopback, spec);
  const { command } = await wall.wrap(["true"], { ...PLACE, cwd: paths.worktree });
  expect(policies[0]?.ports).toEqual(ports);
  for (const port of ports) expect(command).toContain(String(port));
});

it("makes the profile of macOS in a file of its own, which needs nothing beside it and nobody loads elsewhere", async () => {
  await using place = temporaryDirectory();
  const at = (name: string) => join(import.meta.dirname, "../../dist", name);
  copyFileSync(at("seatbelt.cjs"), join(place.path, "seatbelt.cjs"));
  const { seatbeltProfile } = createRequire(import.meta.url)(join(place.path, "seatbelt.cjs")) as {
    seatbeltProfile(input: object): string;
  };
  const profile = seatbeltProfile({ readable: [], writable: ["/s/worktree"], network: "none", ports: [] });
  expect(profile).toContain("(deny default");
  for (const name of ["wall.cjs", "program.cjs"]) {
    expect(readFileSync(at(name), "utf8")).not.toContain("com.apple.");
    expect(readFileSync(at(name), "utf8").includes("./seatbelt.cjs")).toBe(name === "wall.cjs");
  }
});

it("finds three ports that are free", async () => {
  const ports = await findFreePorts();
  expect(new Set(ports).size).toBe(3);
  const servers = ports.map((port) => createServer().listen(port, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  for (const server of servers) server.close();
});
