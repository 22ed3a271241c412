// Runs inside the sandbox: makes sockets that have a path, such as the relay's, ports of the loopback that is in there.
// Arguments: a path and a port for each, then -- and a program, which it starts as soon as there are the ports, and then is
// that program, as far as anybody outside can tell.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { connect, createServer, type Socket } from "node:net";
import { shortSocketPath } from "../model/socket-path.ts";

const words = process.argv.slice(2);
const end = words.indexOf("--");
const doors = end === -1 ? words : words.slice(0, end);
const [program = "", ...args] = end === -1 ? [] : words.slice(end + 1);

const RETRY_MS = 20;
const PATIENCE_MS = 10_000;

/** Who listens there starts beside the coding agent: the socket may not be there yet. */
async function reach(socket: string): Promise<Socket | null> {
  for (const due = performance.now() + PATIENCE_MS; performance.now() < due;) {
    const outside = connect({ path: shortSocketPath(socket), allowHalfOpen: true });
    const connected = await new Promise<boolean>((resolve) => {
      outside.once("connect", () => resolve(true));
      outside.once("error", () => resolve(false));
    });
    if (connected) return outside;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return null;
}

function pour(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

async function admit(inside: Socket, socket: string): Promise<void> {
  inside.on("error", () => inside.destroy());
  const outside = await reach(socket);
  if (outside === null) return void inside.destroy();
  pour(inside, outside);
  pour(outside, inside);
}

async function open(socket: string, port: number): Promise<void> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inside) => void admit(inside, socket));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function start(): void {
  const child = spawn(program, args, { stdio: "inherit" });
  child.once("error", (error) => {
    process.stderr.write(`${program} cannot be started: ${error.message}\n`);
    process.exit(127);
  });
  child.once("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? "SIGKILL"] ?? 9)));
}

// Whoever ends this ends the coding agent, which decides how it ends.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});

const opening = doors.flatMap((socket, index) => (index % 2 === 0 ? [open(socket, Number(doors[index + 1]))] : []));
void Promise.all(opening).then(() => program !== "" && start());
