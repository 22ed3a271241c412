import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError, isHarnessError, isId, isSameProcess, writeJsonFile, type ProcessIdentity } from "@harness/core";
import { grantPath, hashKey, socketName, spentPath, WORKER_KEY_PREFIX, type Grant } from "@harness/credentials";
import type { Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import type { Provider } from "../providers/built-in.ts";
import { createSerial } from "../serial.ts";
import { newSecret } from "../sessions/new-token.ts";
import { findEndpoint, kindOf, type Endpoint } from "./endpoint.ts";
import { grantPush } from "./grant-push.ts";
import { keepWorker } from "./keep-worker.ts";
import { keyVariable, needsWorker } from "./needs-worker.ts";
import { openCredential } from "./store.ts";

type Parts = Pick<Context, "root" | "config" | "clock" | "environment" | "log">;

const LOOK_MS = 200;
const SOCKET_MS = 5_000;
const SOCKET_LOOK_MS = 10;
/** A worker that lived for less than this has failed by itself. */
const SHORT_LIFE_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** The credential workers of this state root. */
export interface CredentialWorkers {
  /** The provider of a session whose calls go through a worker; null for any other session. */
  providerOf(wanted: Wanted): string | null;
  /** What the session's next agent process gets in its environment: a socket, and a key that opens nothing else. */
  grant(wanted: Wanted): Promise<Record<string, string>>;
  /** Gives a session that has a grant another budget, from its next call on. */
  allow(wanted: Wanted): Promise<void>;
  /** What the session was granted is worth nothing any more. */
  withdraw(session: string): void;
  /** The session is gone: nothing of it is kept. */
  forget(session: string): void;
  /** Opens a key that is kept under a passphrase, for as long as this process lives. Throws `credential-locked`. */
  unlock(provider: string, passphrase: string): Promise<void>;
  start(): Promise<void>;
  /** Ends the watch. The workers go on. */
  close(): void;
}

interface Kept {
  identity: ProcessIdentity | null;
  startedMs: number;
  failures: number;
  dueMs: number;
  /** When the stored key was last written. */
  storedMs: number;
  complaint: string;
}

export function createCredentialWorkers(parts: Parts): CredentialWorkers {
  const { root, config, clock, environment, log } = parts;
  const serial = createSerial();
  const kept = new Map<string, Kept>();
  const opened = new Map<string, string>();
  let timer: NodeJS.Timeout | null = null;

  const configured = (name: string): Provider | null =>
    Object.hasOwn(config.providers, name) ? (config.providers[name] ?? null) : null;

  /** Undefined where there is one, and it cannot be had now. */
  async function secretOf(name: string, endpoint: Endpoint): Promise<string | null | undefined> {
    try {
      const stored = opened.get(name) ?? (await openCredential(root, name, { kind: kindOf(endpoint) }));
      if (stored !== null) return stored;
    } catch (error) {
      if (isHarnessError(error) && error.code === "credential-locked") return undefined;
      throw error;
    }
    if (endpoint.wire === "git") return undefined;
    return endpoint.keyEnv === undefined ? null : environment[endpoint.keyEnv] || undefined;
  }

  function ensure(name: string): Promise<void> {
    return serial(name, async () => {
      const endpoint = findEndpoint(parts, name);
      if (endpoint === null) return;
      const state = stateOf(name);
      const before = state.identity?.pid;
      const identity = await keepWorker(parts, { name, endpoint, secret: await secretOf(name, endpoint) });
      if (identity === null)
        throw new HarnessError("credential-locked", `There is no key of ${name} that could be used now.`, {
          hint: `\`harness credential ls\` says where it is, \`harness credential unlock ${name}\` opens one under a passphrase.`,
        });
      if (identity.pid !== before) state.startedMs = clock.monotonic();
      state.identity = identity;
      state.storedMs = storedMs(name);
      state.complaint = "";
    });
  }

  function stateOf(name: string): Kept {
    const known = kept.get(name);
    if (known) return known;
    const fresh: Kept = {
      identity: null,
      startedMs: 0,
      failures: 0,
      dueMs: 0,
      storedMs: storedMs(name),
      complaint: "",
    };
    kept.set(name, fresh);
    return fresh;
  }

  function storedMs(name: string): number {
    return statSync(root.workerOf(name).credential, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** Sees to it that what is granted is served: a worker that ended is started again, at once the first time. */
  function look(): void {
    for (const [name, state] of kept) {
      const changed = state.storedMs !== storedMs(name);
      if (changed) opened.delete(name);
      const lives = state.identity !== null && isSameProcess(state.identity);
      if ((lives && !changed) || clock.monotonic() < state.dueMs) continue;
      if (state.identity !== null && !lives) {
        const short = clock.monotonic() - state.startedMs < SHORT_LIFE_MS;
        log.warn("a credential worker has ended and is started again", { provider: name, pid: state.identity.pid });
        state.failures = short ? state.failures + 1 : 0;
        state.identity = null;
      }
      const wait = state.failures === 0 ? SHORT_LIFE_MS : Math.min(LONGEST_WAIT_MS, 100 * 2 ** state.failures);
      state.dueMs = clock.monotonic() + (state.failures > 1 || changed ? wait : 0);
      // Until this start has ended no second one begins.
      const due = state.dueMs;
      state.dueMs = Number.POSITIVE_INFINITY;
      void ensure(name)
        .then(() => (state.dueMs = due))
        .catch((error: unknown) => {
          state.dueMs = clock.monotonic() + Math.max(SHORT_LIFE_MS, wait);
          state.storedMs = storedMs(name);
          if (state.complaint !== String(error))
            log.warn("a credential worker cannot be started", { provider: name, error });
          state.complaint = String(error);
        });
    }
  }

  function providerOf({ provider: name }: Wanted): string | null {
    const provider = name === undefined ? null : configured(name);
    return name !== undefined && provider !== null && needsWorker(parts, name, provider) ? name : null;
  }

  async function writeGrant(wanted: Wanted, name: string, keyHash: string): Promise<void> {
    const { directory } = root.workerOf(name);
    const tokens = wanted.tokenBudget ?? configured(name)?.budget?.tokens;
    const budget = tokens === undefined ? undefined : { tokens };
    const grant: Grant = { v: 1, session: wanted.session, keyHash, budget };
    const path = grantPath(directory, wanted.session);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeJsonFile(path, grant);
  }

  return {
    providerOf,
    async grant(wanted) {
      const push = await grantPush(parts, wanted, ensure);
      const name = providerOf(wanted);
      const provider = name === null ? null : configured(name);
      if (name === null || provider === null) return push;
      await ensure(name);
      const key = `${WORKER_KEY_PREFIX}${newSecret()}`;
      await writeGrant(wanted, name, hashKey(key));
      const socket = join(root.run.sockets, wanted.session, socketName(name));
      const until = clock.monotonic() + SOCKET_MS;
      while (!existsSync(socket) && clock.monotonic() < until) await clock.sleep(SOCKET_LOOK_MS);
      const variable = keyVariable(parts, name, provider);
      return { ...push, HARNESS_MODEL_SOCKET: socket, ...(variable === null ? {} : { [variable]: key }) };
    },
    async allow(wanted) {
      const name = providerOf(wanted);
      if (name === null) return;
      const path = grantPath(root.workerOf(name).directory, wanted.session);
      if (existsSync(path)) await writeGrant(wanted, name, (JSON.parse(readFileSync(path, "utf8")) as Grant).keyHash);
    },
    withdraw(session) {
      for (const name of workerNames(root.run.workers))
        rmSync(grantPath(join(root.run.workers, name), session), { force: true });
    },
    forget(session) {
      this.withdraw(session);
      for (const name of workerNames(root.run.workers))
        rmSync(spentPath(join(root.run.workers, name), session), { force: true });
      rmSync(join(root.run.sockets, session), { recursive: true, force: true });
    },
    async unlock(name, passphrase) {
      const endpoint = findEndpoint(parts, name);
      const kind = endpoint === null ? "provider" : kindOf(endpoint);
      const secret = await openCredential(root, name, { passphrase, kind });
      if (secret === null) throw new HarnessError("credential-not-found", `No key of ${name} is kept here.`);
      opened.set(name, secret);
      await ensure(name);
    },
    async start() {
      // Those that sessions of an earlier dispatcher still use.
      for (const name of workerNames(root.run.workers)) {
        if (readdirSync(join(root.run.workers, name, "grants")).length > 0 && findEndpoint(parts, name) !== null)
          stateOf(name);
      }
      look();
      timer = setInterval(look, LOOK_MS);
    },
    close() {
      if (timer !== null) clearInterval(timer);
    },
  };
}

function workerNames(directory: string): string[] {
  return existsSync(directory)
    ? readdirSync(directory).filter((name) => isId(name) && existsSync(join(directory, name, "grants")))
    : [];
}
