import { lstatSync, realpathSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, sep } from "node:path";
import { HarnessError, type SessionSpec } from "@harness/core";
import { openSandbox, parseListedHost, type Sandbox } from "@harness/sandbox";
import { kernelLimits } from "../tree/kernel-limits.ts";
import { findFreePorts, type Ports } from "./free-ports.ts";
import { findInstallation } from "./installation.ts";
import { openDoors, outletVariables } from "./open-doors.ts";
import type { FoundWall, Network, WallInput } from "./wall.ts";

/** In a network namespace of its own any port is free. */
const OWN_PORTS: Ports = [4871, 4872, 4873];

/**
 * Finds the wall that session.json asks for, by starting something inside. Throws
 * `sandbox-unavailable`, `sandbox-unknown` and `network-host-invalid`.
 */
export async function findWall(input: WallInput): Promise<FoundWall> {
  const { sandbox: wish = "none" } = input.spec;
  const sandbox = await openSandbox(wish, { found: input.found });
  if (sandbox.name === "none" && (input.spec.network === "none" || input.spec.network === "list")) {
    throw new HarnessError("sandbox-unavailable", "Without a sandbox nothing keeps the coding agent off the network.", {
      hint: "Choose a sandbox, or --network host.",
    });
  }
  const ports = sandbox.loopback === "own" ? OWN_PORTS : await findFreePorts();
  const found = describeWall(input, sandbox, ports);
  input.onFound(found);
  return found;
}

/** Starts nothing. */
export function describeWall(input: WallInput, sandbox: Sandbox, ports: Ports): FoundWall {
  const { spec, paths, runtime } = input;
  // Without a wall there is nothing that could keep the network out.
  const network = sandbox.name === "none" ? "host" : readNetwork(spec);
  const [modelPort, outletPort, pushPort] = ports;
  const at = (name: string, port: number) => ({ socket: join(runtime, name), port });
  const isWalled = network === "provider" || network === "list";
  const door = isWalled && spec.endpoint ? at("model", modelPort) : null;
  const outlet = network === "list" ? { door: at("outlet", outletPort), hosts: listed(spec) } : null;
  const pushDoor = isWalled && input.pushes ? at("push", pushPort) : null;
  const doors = [door, pushDoor, outlet?.door ?? null].filter((each) => each !== null);
  return {
    sandbox: sandbox.name,
    network,
    holdsTree: sandbox.holdsTree,
    limits: sandbox.limits,
    door,
    outlet,
    pushDoor,
    wrap(command, { cwd, environment, network: wish = network, patient = false, hasGroup = false }) {
      // Who gave a session a list, or nothing, meant all that runs in it.
      const reach = network === "none" || network === "list" ? network : wish;
      const hidden = [paths.directory, ...homes()].flatMap((path) => [path, realPath(path)]);
      const shown = { path: environment["PATH"] ?? "", hidden };
      const program = findInstallation({ ...shown, command });
      const hasDoors = reach !== "host" && doors.length > 0;
      const bridge = hasDoors ? findInstallation({ ...shown, command: [process.execPath, input.bridge] }) : null;
      const writable = isDirectory(paths.worktree) ? [paths.worktree] : [];
      const own = [...writable, paths.home];
      const config = input.pushes && isFile(paths.gitConfig) ? [paths.gitConfig] : [];
      const readOnly = [...program.readOnly, ...(bridge ? bridge.readOnly : []), ...borrowed(spec), ...config];
      const inside = bridge ? openDoors({ bridge, doors, patient, command: program.command }) : program.command;
      return sandbox.wrap(inside, {
        // What lies in its own directories is there already.
        readOnly: [...new Set(readOnly)].filter((path) => !own.some((each) => path.startsWith(`${each}${sep}`))),
        readWrite: writable,
        home: paths.home,
        directory: cwd,
        environment: { ...environment, ...(outlet ? outletVariables(outlet.door) : {}), PATH: program.path },
        network: reach === "host" ? "host" : "none",
        ports: sandbox.loopback === "own" ? [] : doors.map(({ port }) => port),
        limits: kernelLimits(spec.limits, { hasGroup }),
      });
    },
  };
}

/** The person's, by their environment and by the system's own record, which may be two. */
function homes(): string[] {
  return [homedir, () => userInfo().homedir].flatMap((find) => {
    try {
      return [find()];
    } catch {
      // A user whom the system does not know.
      return [];
    }
  });
}

function listed({ hosts = [] }: SessionSpec): string[] {
  return hosts.map((host) => parseListedHost(host).name);
}

function readNetwork({ network = "provider" }: SessionSpec): Network {
  if (network === "none" || network === "provider" || network === "list" || network === "host") return network;
  throw new HarnessError("sandbox-unknown", `There is no network ${JSON.stringify(network)}.`, {
    hint: "Choose none, provider, list or host.",
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
