import { fstatSync } from "node:fs";
import { join } from "node:path";
import {
  identifyProcess,
  isHarnessError,
  openInbox,
  openJsonLines,
  openOutbox,
  publishReport,
  timestamp,
  writeJsonFile,
  goalMessageId,
  type Clock,
  type EventBody,
  type Lock,
  type Outbound,
  type SessionPaths,
  type SessionSpec,
} from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import type { RunArguments } from "./arguments.ts";
import { createWorkingMemory } from "./context.ts";
import type { ModelChoice } from "./drivers/driver.ts";
import { codingEnvironment, homePlaces, MODEL_SOCKET, relayEnvironment, treeMarks, WORKER_KEY } from "./environment.ts";
import { createFailpoints } from "./failpoints.ts";
import type { WorkerDoor } from "./model/call.ts";
import { createModelCalls } from "./model/model-calls.ts";
import { noteRateLimits } from "./model/rate-limit.ts";
import type { OpenedSession } from "./open-session.ts";
import type { Place } from "./place.ts";
import { pushEnvironment, readPush } from "./push/read-push.ts";
import { say } from "./say.ts";
import { createQuestions } from "./questions.ts";
import { createStatusWriter, startStatus } from "./status.ts";
import { createStorage } from "./storage.ts";
import { createProcessTree } from "./tree/process-tree.ts";
import { createOutletHolder } from "./wall/hold-outlet.ts";
import { openWall } from "./wall/open-wall.ts";

export interface Composition {
  readonly wish: RunArguments;
  readonly paths: SessionPaths;
  readonly lock: Lock;
  readonly place: Place;
  readonly opened: OpenedSession;
  readonly clock: Clock;
  /** The environment of this process. */
  readonly own: NodeJS.ProcessEnv;
  /** Aborts when this process is about to end and waits for no disk any more. */
  readonly ending: AbortSignal;
  /** The disk fails: no turn can go on. */
  onTrouble(): void;
}

/** Puts the parts of one agent process together. Starts nothing. */
export async function composeAgent(composition: Composition): Promise<AgentContext> {
  const { wish, paths, lock, place, opened, clock, own } = composition;
  const { session } = wish;
  const log = await openJsonLines(paths.events, { clock });
  const record = (event: EventBody) => void (place.isLost() || log.append(event));
  const storage = createStorage({
    clock,
    signal: composition.ending,
    mayWrite: place.require,
    onTrouble: (error) => {
      warn(record, "storage-failed", `The disk fails; everything waits until it works again. ${String(error)}`);
      composition.onTrouble();
    },
    onRecovered: () => warn(record, "storage-recovered", "The disk works again."),
  });
  const status = createStatusWriter({
    initial: startStatus({
      session,
      previous: opened.previous,
      process: describeProcess(lock, wish.nonce),
      degraded: opened.degraded,
      at: timestamp(clock),
    }),
    clock,
    write: (value) => storage.persist(() => writeJsonFile(paths.status, value, { keepPrevious: paths.statusPrevious })),
  });
  const calls = createModelCalls();
  calls.follow(noteRateLimits({ clock, until: status.current().rateLimitedUntil }, status.apply));
  const outbox = openOutbox(paths.outbox);
  const hasReport = outbox.has;
  // A report that cannot be read was tampered with; the one that stands in its place cannot be replaced either.
  const readReport = (id: string) => (outbox.has(id) ? outbox.read(id).catch(() => null) : Promise.resolve(null));
  const report = (message: Outbound) => storage.persist(() => publishOnce(paths, message));
  const tree = treeName(lock);
  const generation = wish.nonce ?? `${process.pid}.${clock.now()}`;
  const push = readPush(own);
  const wall = openWall({
    spec: opened.spec,
    paths,
    pushes: push !== null,
    runtime: homePlaces(paths.home).variables["XDG_RUNTIME_DIR"] ?? paths.home,
    bridge: join(__dirname, "model-bridge.cjs"),
    found: own[SANDBOX_FOUND],
    onFound: ({ sandbox, network }) => status.apply({ type: "wall.found", sandbox, network }),
  });
  return {
    session,
    paths,
    place,
    clock,
    status,
    storage,
    record,
    report,
    hasReport,
    readReport,
    choice: opened.choice,
    setup: opened.setup,
    model: chooseModel(opened.spec),
    relay: {
      path: join(__dirname, "model-relay.cjs"),
      environment: relayEnvironment(own),
      worker: chooseWorker(own),
    },
    outlet: createOutletHolder({ spec: opened.spec, wall, path: join(__dirname, "network-outlet.cjs"), record }),
    push,
    calls,
    inbox: openInbox(paths.inbox, {
      clock,
      firstId: goalMessageId(session),
      onRejected: (message, reason) => record({ type: "message.rejected", message, reason }),
    }),
    memory: createWorkingMemory({
      initial: opened.context,
      write: (value) => writeJsonFile(paths.context, value, { keepPrevious: paths.contextPrevious }),
    }),
    questions: createQuestions({ session, clock, record, readReport, publish: report, change: status.apply }),
    wall,
    processes: createProcessTree({
      wall,
      environment: codingEnvironment({
        own,
        home: paths.home,
        session,
        generation,
        tree,
        choice: opened.choice,
        given: { ...opened.setup?.env, ...pushEnvironment(push, paths.gitConfig) },
      }),
      marks: treeMarks(session, tree),
      limits: opened.spec.limits,
      onMode: (mode, limits) => status.apply({ type: "tree.found", tree: mode, limits }),
    }),
    failpoint: createFailpoints(own["HARNESS_FAIL"]),
  };
}

/** How whoever starts this process names what it knows of the sandbox. No coding agent is told. */
const SANDBOX_FOUND = "HARNESS_SANDBOX_FOUND";

function chooseWorker(own: NodeJS.ProcessEnv): WorkerDoor | undefined {
  const socket = own[MODEL_SOCKET];
  return socket ? { socket, key: own[WORKER_KEY] || undefined } : undefined;
}

function chooseModel({ endpoint, model }: SessionSpec): ModelChoice | null {
  if (!endpoint) return null;
  const { wire, baseUrl, keyEnv } = endpoint;
  return { wire, baseUrl, ...(keyEnv === undefined ? {} : { keyEnv }), ...(model === undefined ? {} : { id: model }) };
}

/** The lock file's identity: the same for every agent process of the session, another for one under another root. */
function treeName(lock: Lock): string {
  const { dev, ino } = fstatSync(lock.fd);
  return `${dev}-${ino}`;
}

export function describeProcess(lock: Lock, nonce: string | undefined) {
  const identity = identifyProcess();
  if (!identity) throw new Error("This process cannot find itself.");
  return { ...identity, lockFd: lock.fd, nonce };
}

export function warn(record: (event: EventBody) => void, code: string, text: string): void {
  record({ type: "warning.raised", code, text });
  say(text);
}

async function publishOnce({ outbox }: SessionPaths, message: Outbound): Promise<void> {
  try {
    await publishReport(outbox, message);
  } catch (error) {
    // An earlier attempt of the same turn reported; what was published once stands.
    if (!isHarnessError(error) || error.code !== "id-conflict") throw error;
  }
}
