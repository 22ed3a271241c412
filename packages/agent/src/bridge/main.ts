// Runs inside the sandbox: makes the sockets of the relay and of the credential worker, which have paths, ports of the
// loopback that is in there. Given a program it starts that as soon as there are the ports, and then is the program, as far
// as anybody outside can tell.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { connect, createServer, type Socket } from "node:net";
import type { Door } from "../wall/wall.ts";

const [doors = "[]", program = "", ...args] = process.argv.slice(2);

const RETRY_MS = 20;
const PATIENCE_MS = 10_000;

/** The relay starts beside the coding agent: its socket may not be there yet. */
async function reach(socket: string): Promise<Socket | null> {
  for (const due = performance.now() + PATIENCE_MS; performance.now() < due;) {
    const outside = connect({ path: socket, allowHalfOpen: true });
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

function open({ socket, port }: Door): Promise<void> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (inside) => void admit(inside, socket));
  return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

// Whoever ends this ends the coding agent, which decides how it ends.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});

void Promise.all((JSON.parse(doors) as Door[]).map(open)).then(() => {
  if (program === "") return;
  const child = spawn(program, args, { stdio: "inherit" });
  child.once("error", (error) => {
    process.stderr.write(`${program} cannot be started: ${error.message}\n`);
    process.exit(127);
  });
  child.once("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? "SIGKILL"] ?? 9)));
});
