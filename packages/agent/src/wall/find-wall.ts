import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import { HarnessError, type SessionSpec } from "@harness/core";
import { openSandbox, type Sandbox } from "@harness/sandbox";
import { findInstallation, type Installation } from "./installation.ts";
import type { Door, FoundWall, Network, WallInput } from "./wall.ts";

/** In a network namespace of its own any port is free. */
const DOOR_PORT = 4871;

/** Finds the wall that session.json asks for, by starting something inside. Throws `sandbox-unavailable` and `sandbox-unknown`. */
export async function findWall(input: WallInput): Promise<FoundWall> {
  const { sandbox: wish = "none" } = input.spec;
  const sandbox = await openSandbox(wish);
  const found = describeWall(input, sandbox);
  input.onFound(found);
  return found;
}

function describeWall(input: WallInput, sandbox: Sandbox): FoundWall {
  const { spec, paths, runtime } = input;
  // Without a wall there is nothing that could keep the network out.
  const network = sandbox.name === "none" ? "host" : readNetwork(spec);
  const door = network === "provider" && spec.endpoint ? { socket: join(runtime, "model"), port: DOOR_PORT } : null;
  return {
    sandbox: sandbox.name,
    network,
    door,
    wrap(command, { cwd, environment, network: reach = network }) {
      const shown = { path: environment["PATH"] ?? "", hidden: [paths.directory, homedir()] };
      const program = findInstallation({ ...shown, command });
      const bridge =
        reach === "provider" && door && findInstallation({ ...shown, command: [process.execPath, input.bridge] });
      const writable = isDirectory(paths.worktree) ? [paths.worktree] : [];
      const own = [...writable, paths.home];
      const readOnly = [...program.readOnly, ...(bridge ? bridge.readOnly : []), ...borrowed(spec)];
      return sandbox.wrap([...doorway(bridge || null, door), ...program.command], {
        // What lies in its own directories is there already.
        readOnly: [...new Set(readOnly)].filter((path) => !own.some((each) => path.startsWith(`${each}${sep}`))),
        readWrite: writable,
        home: paths.home,
        directory: cwd,
        environment: { ...environment, PATH: program.path },
        network: reach === "host" ? "host" : "none",
      });
    },
  };
}

function doorway(bridge: Installation | null, door: Door | null): readonly string[] {
  return bridge === null || door === null ? [] : [...bridge.command, door.socket, String(door.port)];
}

function readNetwork({ network = "provider" }: SessionSpec): Network {
  if (network === "none" || network === "provider" || network === "host") return network;
  throw new HarnessError("sandbox-unknown", `There is no network ${JSON.stringify(network)}.`, {
    hint: "Choose none, provider or host.",
  });
}

/** What the worktree borrows. Told by whoever made the session: what stands in its .git the coding agent could have written. */
function borrowed({ objects }: SessionSpec): string[] {
  return objects !== undefined && isDirectory(objects) ? [objects] : [];
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
