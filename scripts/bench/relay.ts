import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { until } from "@harness/core/testing";
import { grantPath, hashKey, socketName, START_FD, type Grant, type WorkerStart } from "@harness/credentials";
import { median, type Figure } from "./figure.ts";
import { pssMiB, stopAll } from "./processes.ts";
import { REPOSITORY } from "./state.ts";

const RELAY = join(REPOSITORY, "packages/agent/dist/model-relay.cjs");
const WORKER = join(REPOSITORY, "packages/credentials/dist/credential-worker.cjs");
const CALLS = 300;
const ROUNDS = 5;
const FLOOD = 40_000;
/** A hundred times what a model says in a second. */
const STEADY = { events: 10_000, everyMs: 5, together: 50 };

/** An endpoint in a process of its own. It writes each event by itself: one, a steady stream, or as many as it can. */
const ENDPOINT = `
const event = 'event: content_block_delta\\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words "}}\\n\\n';
const server = require("node:http").createServer((asked, answer) => {
  asked.resume();
  answer.writeHead(200, { "content-type": "text/event-stream" });
  const kind = asked.headers["user-agent"];
  let left = kind === "flood" ? ${FLOOD} : kind === "steady" ? ${STEADY.events} : 1;
  const flood = () => {
    while (left > 0 && answer.write(event)) left -= 1;
    if (left-- > 0) answer.once("drain", flood); else answer.end();
  };
  if (kind !== "steady") return flood();
  const timer = setInterval(() => {
    for (let n = 0; n < ${STEADY.together}; n += 1, left -= 1) answer.write(event);
    if (left > 0) return;
    clearInterval(timer);
    answer.end();
  }, ${STEADY.everyMs});
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

/** As an agent process starts it: with the socket open, on the descriptor that it looks for. */
async function startRelay(upstream: string, worker?: string): Promise<{ relay: ChildProcess; baseUrl: string }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const relay = spawn(process.execPath, [RELAY], { stdio: ["pipe", "pipe", "inherit", fd] });
  const { port } = server.address() as AddressInfo;
  server.close();
  const prefix = "bench";
  const host = `127.0.0.1:${port}`;
  relay.stdin?.write(`${JSON.stringify({ upstream, prefix, host, worker })}\n`);
  await firstLine(relay);
  return { relay, baseUrl: `http://${host}/${prefix}` };
}

const SESSION = "bench";
const WORKER_KEY = "harness-worker-key-bench";

/** A credential worker as a dispatcher starts it, with a secret to look for in every answer. */
async function startWorker(baseUrl: string): Promise<{ worker: ChildProcess; socket: string; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "harness-bench-"));
  const grant: Grant = { v: 1, session: SESSION, keyHash: hashKey(WORKER_KEY) };
  await mkdir(join(directory, "grants"));
  await writeFile(grantPath(directory, SESSION), JSON.stringify(grant));
  const sockets = join(directory, "sockets");
  const secret = "sk-bench-0123456789abcdefghijklmnopqrstuvwxyz0123456789";
  const start: WorkerStart = { provider: "bench", wire: "anthropic", baseUrl, secret, directory, sockets };
  const worker = spawn(process.execPath, [WORKER], { env: {}, stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const door = worker.stdio[START_FD] as Duplex;
  door.write(`${JSON.stringify(start)}\n`);
  await once(door, "data");
  const socket = join(sockets, SESSION, socketName("bench"));
  await until(() => existsSync(socket));
  return { worker, socket, directory };
}

/** What the relay between a coding agent and its model endpoint costs. */
export async function measureRelay(): Promise<Figure[]> {
  return measure("the relay", async (direct) => {
    const { relay, baseUrl } = await startRelay(direct);
    return { baseUrl, processes: [relay], weighed: relay };
  });
}

/** What a credential worker costs, with the relay before it: all that stands between a coding agent and its provider. */
export async function measureWorker(): Promise<Figure[]> {
  const { directory, figures } = await measureWithWorker();
  await rm(directory, { recursive: true });
  return figures;
}

async function measureWithWorker(): Promise<{ directory: string; figures: Figure[] }> {
  let place = "";
  const figures = await measure("relay and credential worker", async (direct) => {
    const { worker, socket, directory } = await startWorker(direct);
    place = directory;
    const { relay, baseUrl } = await startRelay(direct, socket);
    return { baseUrl, processes: [relay, worker], weighed: worker };
  });
  return { directory: place, figures };
}

interface Way {
  baseUrl: string;
  processes: ChildProcess[];
  weighed: ChildProcess;
}

async function measure(what: string, open: (direct: string) => Promise<Way>): Promise<Figure[]> {
  const endpoint = spawn(process.execPath, ["-e", ENDPOINT], { stdio: ["ignore", "pipe", "inherit"] });
  const direct = `http://127.0.0.1:${await firstLine(endpoint)}`;
  const { baseUrl, processes, weighed } = await open(direct);

  const calls = openCalls();
  const firstByte = await compare(CALLS, async (url) => (await calls.call(url)).firstByteMs);
  const steady = await compare(ROUNDS, async (url) => (await calls.call(url, { "user-agent": "steady" })).totalMs);
  const pss = pssMiB(weighed.pid ?? 0);
  const flood = await compare(ROUNDS, async (url) => (await calls.call(url, { "user-agent": "flood" })).totalMs);
  calls.close();
  await stopAll([...processes, endpoint]);

  return [
    {
      name: `model call, first byte later through ${what}, p50`,
      value: firstByte.relayed - firstByte.direct,
      unit: "ms",
      limit: 3,
    },
    stream(`a steady stream of ${STEADY.events} events through ${what}`, steady, 1.11),
    // Three processes at full speed; a machine with two cores cannot give each its own.
    stream(`${FLOOD} events at once through ${what}`, flood, Number.POSITIVE_INFINITY),
    {
      name: `PSS of ${what === "the relay" ? "a relay" : "a credential worker"} after the steady streams`,
      value: pss,
      unit: "MiB",
      limit: Number.POSITIVE_INFINITY,
    },
  ];

  // In turns, so that what else the machine does meets both.
  async function compare(rounds: number, work: (url: string) => Promise<number>): Promise<Compared> {
    const samples = { direct: [] as number[], relayed: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      samples.direct.push(await work(direct));
      samples.relayed.push(await work(baseUrl));
    }
    return { direct: median(samples.direct), relayed: median(samples.relayed) };
  }
}

interface Compared {
  direct: number;
  relayed: number;
}

function stream(name: string, { direct, relayed }: Compared, limit: number): Figure {
  return { name, value: relayed, unit: "ms", against: { name: "without it", value: direct }, limit };
}

/** Calls one after another, over connections that stay open, as coding agents do. */
function openCalls() {
  const agent = new Agent({ keepAlive: true });
  return {
    close: () => agent.destroy(),
    async call(baseUrl: string, headers: Record<string, string> = {}) {
      const beganAt = performance.now();
      const sent = request(`${baseUrl}/v1/messages`, {
        method: "POST",
        agent,
        headers: { "x-api-key": WORKER_KEY, ...headers },
      }).end("{}");
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      // A refusal is fast.
      if (answer.statusCode !== 200) throw new Error(`The call was answered with ${answer.statusCode}.`);
      let firstByteMs = 0;
      answer.on("data", () => (firstByteMs ||= performance.now() - beganAt));
      await once(answer, "end");
      return { firstByteMs, totalMs: performance.now() - beganAt };
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("No output to read.");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return line;
}
