import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A machine in small: a session of ours, another one, a person's home, and what runs beside them. */
export interface Stage {
  readonly root: string;
  /** The session that the attempts are made from. */
  readonly session: { readonly directory: string; readonly worktree: string; readonly home: string };
  readonly otherSession: string;
  readonly person: string;
  /** Shown read-only. */
  readonly objects: string;
  /** Stands in every place that must not be read, and nowhere else. */
  readonly canary: string;
  /** `NAME=value` that tells what an attempt starts from all other processes. */
  readonly mark: string;
  /** Holds the canary in its environment. */
  readonly bystander: ChildProcess;
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly socketPath: string;
  /** What reached the servers of the stage. */
  readonly received: string[];
  close(): Promise<void>;
}

export async function openStage(parent = tmpdir()): Promise<Stage> {
  const root = realpathSync(mkdtempSync(join(parent, "harness-walls-")));
  const canary = `canary-${randomBytes(16).toString("hex")}`;
  const at = (...names: string[]) => join(root, ...names);
  const session = {
    directory: at("sessions/own"),
    worktree: at("sessions/own/worktree"),
    home: at("sessions/own/home"),
  };
  const files: Record<string, string> = {
    "sessions/own/token": canary,
    "sessions/own/context.json": canary,
    "sessions/own/worktree/README.md": "The session's own.\n",
    "sessions/own/home/.profile": "",
    "sessions/other/token": canary,
    "sessions/other/worktree/secret.txt": canary,
    "person/.ssh/id_ed25519": canary,
    "person/project/.git/config": canary,
    "hub/objects/pack/pack-1.pack": "what everybody borrows",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  }
  // As git leaves it: not even its owner writes by accident.
  chmodSync(at("hub/objects/pack/pack-1.pack"), 0o444);
  const bystander = spawn("sleep", ["1000"], { env: { PATH: "/usr/bin:/bin", CANARY: canary }, stdio: "ignore" });
  const received: string[] = [];
  const socketPath = at("sessions/other/socket");
  const tcp = await listen(0, canary, received);
  const unix = await listen(socketPath, canary, received);
  const udp = await listenUdp(received);
  return {
    root,
    session,
    otherSession: at("sessions/other"),
    person: at("person"),
    objects: at("hub/objects"),
    canary,
    mark: `MARK=${randomBytes(16).toString("hex")}`,
    bystander,
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    socketPath,
    received,
    async close() {
      bystander.kill("SIGKILL");
      udp.close();
      for (const server of [tcp, unix]) server.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function listen(where: number | string, canary: string, received: string[]): Promise<Server> {
  const server = createServer((connection) => {
    received.push("a connection");
    connection.on("error", () => {}).end(canary);
  });
  if (typeof where === "number") server.listen(where, "127.0.0.1");
  else server.listen(where);
  await once(server, "listening");
  return server;
}

async function listenUdp(received: string[]): Promise<Socket> {
  const socket = createSocket("udp4", (message) => received.push(message.toString()));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
