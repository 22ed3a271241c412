import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A Node process outside, which holds a canary in its environment. */
export interface Bystander {
  readonly pid: number;
  /** In its arguments, and in those of no other process. */
  readonly words: string;
  /** Where its inspector would listen. */
  readonly inspector: number;
  end(): void;
}

export async function startBystander(canary: string): Promise<Bystander> {
  const words = `bystander-${randomBytes(8).toString("hex")}`;
  const inspector = await freePort();
  const program = "process.stdout.write('ready'); setInterval(() => {}, 60_000)";
  const child: ChildProcess = spawn(process.execPath, [`--inspect-port=${inspector}`, "-e", program, words], {
    env: { PATH: "/usr/bin:/bin", CANARY: canary },
    cwd: "/",
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.once("error", () => {});
  // Before it is up, any signal ends it.
  if (child.stdout) await once(child.stdout, "data");
  return { pid: child.pid ?? 0, words, inspector, end: () => void child.kill("SIGKILL") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
