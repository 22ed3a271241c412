import { lstatSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, sep } from "node:path";
import { HarnessError, type SessionSpec } from "@harness/core";
import { openSandbox, type Sandbox } from "@harness/sandbox";
import { findInstallation, type Installation } from "./installation.ts";
import type { Door, FoundWall, Network, WallInput } from "./wall.ts";

/** In a network namespace of its own any port is free. */
const DOOR_PORT = 4871;
const PUSH_PORT = 4873;

/** Finds the wall that session.json asks for, by starting something inside. Throws `sandbox-unavailable` and `sandbox-unknown`. */
export async function findWall(input: WallInput): Promise<FoundWall> {
  const { sandbox: wish = "none" } = input.spec;
  const sandbox = await openSandbox(wish);
  if (sandbox.name === "none" && input.spec.network === "none") {
    throw new HarnessError("sandbox-unavailable", "Without a sandbox nothing keeps the coding agent off the network.", {
      hint: "Install bubblewrap, or choose --network host.",
    });
  }
  const found = describeWall(input, sandbox);
  input.onFound(found);
  return found;
}

function describeWall(input: WallInput, sandbox: Sandbox): FoundWall {
  const { spec, paths, runtime } = input;
  // Without a wall there is nothing that could keep the network out.
  const network = sandbox.name === "none" ? "host" : readNetwork(spec);
  const door = network === "provider" && spec.endpoint ? { socket: join(runtime, "model"), port: DOOR_PORT } : null;
  const pushDoor = network === "provider" && input.pushes ? { socket: join(runtime, "push"), port: PUSH_PORT } : null;
  const doors = [door, pushDoor].filter((each) => each !== null);
  return {
    sandbox: sandbox.name,
    network,
    door,
    pushDoor,
    wrap(command, { cwd, environment, network: wish = network, patient = false }) {
      const reach = network === "none" ? "none" : wish;
      const hidden = [paths.directory, homedir()].flatMap((path) => [path, realPath(path)]);
      const shown = { path: environment["PATH"] ?? "", hidden };
      const program = findInstallation({ ...shown, command });
      const bridge =
        reach === "provider" &&
        doors.length > 0 &&
        findInstallation({ ...shown, command: [process.execPath, input.bridge] });
      const writable = isDirectory(paths.worktree) ? [paths.worktree] : [];
      const own = [...writable, paths.home];
      const config = input.pushes && isFile(paths.gitConfig) ? [paths.gitConfig] : [];
      const readOnly = [...program.readOnly, ...(bridge ? bridge.readOnly : []), ...borrowed(spec), ...config];
      const inside = bridge ? openDoors(bridge, doors, { patient, command: program.command }) : program.command;
      return sandbox.wrap(inside, {
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

// A program that is slow to start and asks nothing before it is spoken to need not wait for the port.
const BESIDE = 'node=$1 bridge=$2 doors=$3; shift 3; "$node" "$bridge" "$doors" & exec "$@"';

function openDoors(
  bridge: Installation,
  doors: readonly Door[],
  { patient, command }: { patient: boolean; command: readonly string[] },
): readonly string[] {
  const opening = [...bridge.command, JSON.stringify(doors)];
  // A program that is no Node may be faster than the Node that opens the door.
  return patient && basename(command[0] ?? "") === "node"
    ? ["/bin/sh", "-c", BESIDE, "sh", ...opening, ...command]
    : [...opening, ...command];
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

// What is shown is compared by real paths.
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
