import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  createFileDurable,
  readFileSafe,
  systemClock,
  timestamp,
  writeFileDurable,
  type Clock,
  type StateRoot,
} from "@harness/core";
import { readConfig, type Config } from "./config.ts";
import type { Context } from "./context.ts";
import { endWorkers } from "./credentials/end-workers.ts";
import { hideKeys } from "./credentials/hide-keys.ts";
import { createCredentialWorkers } from "./credentials/workers.ts";
import { keepQuotas } from "./disk/keep-quotas.ts";
import { createDiskMeter } from "./disk/meter.ts";
import { ensureModelOfDemo } from "./demo/model/ensure-model.ts";
import { createApp } from "./http/app.ts";
import { TOKEN_LENGTH } from "./http/authenticate.ts";
import { listen } from "./http/server.ts";
import { openLog, type Log } from "./log.ts";
import { createMergeQueue, type MergeQueue } from "./merges/queue.ts";
import { answerPushes } from "./pushes/answer-pushes.ts";
import { openPortLeases } from "./ports/leases.ts";
import { createCollector } from "./router/collect.ts";
import { createCollisionNotes } from "./radar/notes.ts";
import { createRadar, type Radar } from "./radar/radar.ts";
import { createFeed } from "./router/feed.ts";
import { keepHouse } from "./salvage/keep-house.ts";
import { saveFailed } from "./salvage/save-failed.ts";
import { newSecret } from "./sessions/new-token.ts";
import { forgetRemoved } from "./sessions/forget-removed.ts";
import { clearAllStaged } from "./sessions/staging.ts";
import { endAll } from "./sessions/stop.ts";
import { openWanted } from "./sessions/wanted.ts";
import type { SupervisorParts } from "./supervisor/parts.ts";
import { becomeOnly } from "./supervisor/singleton.ts";
import { openStorage } from "./supervisor/storage.ts";
import { createSupervision, type Supervision } from "./supervisor/supervise.ts";
import { TIMING } from "./supervisor/timing.ts";
import { decideUsers } from "./users/decide.ts";
import { createUsers } from "./users/own-users.ts";
import { openPlaces } from "./users/places.ts";
import { readVersion } from "./version.ts";
import { tidyWorktrees } from "./worktrees/tidy.ts";

export interface StartOptions {
  root: StateRoot;
  /** The variables this process was started with. */
  environment: Context["environment"];
  /** 0 lets the system choose. */
  port?: number;
  clock?: Clock;
  /** Instead of config.yaml. */
  config?: Config;
  timing?: Partial<SupervisorParts["timing"]>;
  onStep?: SupervisorParts["onStep"];
  onMergeStep?: Parameters<typeof createMergeQueue>[1];
}

export interface Dispatcher {
  readonly url: string;
  readonly port: number;
  /** Opens the whole API: what run/token holds. */
  readonly token: string;
  readonly context: Context;
  readonly merges: MergeQueue;
  readonly radar: Radar;
  /** Ends the dispatcher; with `all` every agent process too. Sessions live on otherwise. */
  close(options?: { all?: boolean }): Promise<void>;
  /** Resolves when it has ended, whoever asked for it. */
  readonly closed: Promise<void>;
}

const DEFAULT_PORT = 4870;
const TOKEN_LIMIT = 4096;

/** Throws `dispatcher-running`, `config-invalid`, `port-in-use`. */
export async function startDispatcher(options: StartOptions): Promise<Dispatcher> {
  const { root, clock = systemClock } = options;
  const config = options.config ?? readConfig(root);
  const only = await becomeOnly(root, clock);
  const cleanups: (() => unknown)[] = [only.release];
  try {
    const environment = hideKeys(options.environment, config.providers);
    return await compose({ ...options, environment, clock, config, announce: only.announce, cleanups });
  } catch (error) {
    await runInReverse(cleanups);
    throw error;
  }
}

interface ComposeOptions extends StartOptions {
  clock: Clock;
  config: Config;
  announce: Awaited<ReturnType<typeof becomeOnly>>["announce"];
  /** What undoes the steps so far, in their order. */
  cleanups: (() => unknown)[];
}

async function compose(options: ComposeOptions): Promise<Dispatcher> {
  const { root, clock, config, environment, cleanups } = options;
  // Before anything is made there: a state root that is new can be made for other users to go through.
  const verdict = await decideUsers({ root, config });
  const storage = await openStorage(root, clock);
  const adminToken = await readAdminToken(root);
  const log = openDispatcherLog(options, adminToken);
  cleanups.push(log.close);
  if (verdict.own) openPlaces(root);
  const users = createUsers(root, verdict);
  const feed = createFeed();
  const ports = openPortLeases({ root, range: config.limits.ports });
  const credentials = createCredentialWorkers({ root, config, clock, environment, log, users });
  cleanups.push(credentials.close);
  const disk = createDiskMeter({ root, clock });
  const measuring = new AbortController();
  disk.follow(feed, log, measuring.signal);
  cleanups.push(() => measuring.abort());
  const wanted = await openWanted({ root, clock, log });
  const collisions = createCollisionNotes();
  const shared = { root, config, clock, log, environment, feed, ports, disk, wanted, credentials, collisions, users };
  const timing = { ...TIMING, ...options.timing };
  const supervision = await createSupervision({
    ...shared,
    storage,
    collector: createCollector(shared),
    timing,
    version: readVersion(),
    onStep: options.onStep ?? (() => {}),
    random: Math.random,
    onGivenUp: (id) => void saveFailed(shared, id),
  });
  cleanups.push(supervision.close);
  const context: Context = { ...shared, supervisor: supervision.supervisor };
  const radar = createRadar(context);
  cleanups.push(radar.close);

  // What a dispatcher that was killed left half done, before anybody can ask for more of it.
  await tidyWorktrees(context);
  await forgetRemoved(context);
  await clearAllStaged(context);

  const merges = createMergeQueue(context, options.onMergeStep);
  const ending = createEnding({ context, supervision, measuring, cleanups });
  const { app, closeStreams } = createApp({
    context,
    merges,
    radar,
    adminToken,
    publicDirectory: publicDirectory(),
    shutdown: ({ all }) => void ending.close({ all }),
  });
  const server = await listen(app.fetch, options.port ?? DEFAULT_PORT);
  cleanups.push(server.close, closeStreams, merges.close);
  await ensureModelOfDemo({ root, clock }).catch((error: unknown) =>
    log.warn("the demo's sessions have no model", { error }),
  );
  await credentials.start();
  cleanups.push(answerPushes(context).close);
  await supervision.start();
  cleanups.push(keepHouse(context).close);
  await merges.start();
  radar.start();
  void keepQuotas(context, { everyMs: timing.diskMs, signal: measuring.signal });
  const { port, url } = server;
  await options.announce({ port, url, startedAt: timestamp(clock) });
  log.info("the dispatcher runs", { port, pid: process.pid, users: verdict.own ? "own" : verdict.why });
  return { url, port, token: adminToken, context, merges, radar, ...ending };
}

interface EndingParts {
  context: Context;
  supervision: Supervision;
  measuring: AbortController;
  cleanups: (() => unknown)[];
}

function createEnding({
  context,
  supervision,
  measuring,
  cleanups,
}: EndingParts): Pick<Dispatcher, "close" | "closed"> {
  const { log } = context;
  let ending: Promise<void> | null = null;
  let ended = () => {};
  const closed = new Promise<void>((resolve) => (ended = resolve));
  const end = async (all: boolean) => {
    log.info("the dispatcher ends", { all });
    // First of all nothing is started any more.
    measuring.abort();
    const quiet = supervision.close();
    if (all)
      await endAll(context).catch((error: unknown) => log.error("not every agent process could be ended", { error }));
    await quiet;
    context.credentials.close();
    if (all) await endWorkers(context.root, context.clock);
    await runInReverse(cleanups);
    ended();
  };
  return { closed, close: ({ all = false } = {}) => (ending ??= end(all)) };
}

async function runInReverse(cleanups: (() => unknown)[]): Promise<void> {
  for (const undo of cleanups.splice(0).toReversed()) await undo();
}

function openDispatcherLog({ root, clock, config, environment }: ComposeOptions, adminToken: string): Log {
  const keys = Object.values(config.providers).map(({ keyEnv }) =>
    keyEnv === undefined ? undefined : environment[keyEnv],
  );
  const secrets = [adminToken, ...keys].filter((secret) => secret !== undefined);
  return openLog(root.run.log, { clock, secrets });
}

async function readAdminToken({ run }: StateRoot): Promise<string> {
  const fresh = newSecret();
  await createFileDurable(run.token, `${fresh}\n`, { mode: 0o600 });
  const kept = Buffer.from(await readFileSafe(run.token, TOKEN_LIMIT))
    .toString("utf8")
    .trim();
  if (kept.length >= TOKEN_LENGTH) return kept;
  // An emptied file means revoked, and what is shorter could be guessed.
  await writeFileDurable(run.token, `${fresh}\n`, { mode: 0o600 });
  return fresh;
}

function publicDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@harness/dispatcher/package.json")), "public");
}
