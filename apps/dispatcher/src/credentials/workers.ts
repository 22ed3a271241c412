import { existsSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "@harness/core";
import { socketName, WORKER_KEY_PREFIX, type Budget } from "@harness/credentials";
import type { Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import type { Provider } from "../providers/built-in.ts";
import { createSerial } from "../serial.ts";
import { newSecret } from "../sessions/new-token.ts";
import { findEndpoint, kindOf } from "./endpoint.ts";
import { grantPush } from "./grant-push.ts";
import { shareOf } from "./job-budget.ts";
import { keepWorker } from "./keep-worker.ts";
import { keyVariable, needsWorker } from "./needs-worker.ts";
import { createOpenedKeys } from "./opened-keys.ts";
import { createSessionGrants, workerNames, type Beginning } from "./session-grants.ts";
import { watchWorkers } from "./watch-workers.ts";

type Parts = Pick<Context, "root" | "config" | "clock" | "environment" | "log" | "users">;

const SOCKET_MS = 5_000;
const SOCKET_LOOK_MS = 10;

/** What an agent process that is being started is given of the credential workers. */
export interface Granted extends Beginning {
  /** A socket, and a key that opens nothing else. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The credential workers of this state root. */
export interface CredentialWorkers {
  /** The provider of a session whose calls go through a worker; null for any other session. */
  providerOf(wanted: Wanted): string | null;
  /** For the session's next agent process. What a living one was granted holds until `keep`. */
  grant(wanted: Wanted): Promise<Granted>;
  /** Gives a session that has a grant another budget, from its next call on. */
  allow(wanted: Wanted): Promise<void>;
  /** What the session was granted is worth nothing any more. */
  withdraw(session: string): void;
  /** The session is gone: nothing of it is kept. */
  forget(session: string): Promise<void>;
  /** Opens a key that is kept under a passphrase, for as long as this process lives. Throws `credential-locked`. */
  unlock(provider: string, passphrase: string): Promise<void>;
  start(): Promise<void>;
  /** Ends the watch. The workers go on. */
  close(): void;
}

const NOTHING: Granted = { variables: {}, keep: async () => {}, undo: async () => {} };

export function createCredentialWorkers(parts: Parts): CredentialWorkers {
  const { root, config, clock } = parts;
  const serial = createSerial();
  const keys = createOpenedKeys(parts);
  const grants = createSessionGrants(parts);
  const watch = watchWorkers(parts, ensure);

  const configured = (name: string): Provider | null =>
    Object.hasOwn(config.providers, name) ? (config.providers[name] ?? null) : null;

  function ensure(name: string): Promise<void> {
    return serial(name, async () => {
      const endpoint = findEndpoint(parts, name);
      if (endpoint === null) return;
      const identity = await keepWorker(parts, { name, endpoint, key: await keys.find(name, endpoint) });
      if (identity === null)
        throw new HarnessError("credential-locked", `There is no key of ${name} that could be used now.`, {
          hint: `\`harness credential ls\` says where it is, \`harness credential unlock ${name}\` opens one under a passphrase.`,
        });
      watch.serves(name, identity);
    });
  }

  function providerOf({ provider: name }: Wanted): string | null {
    const provider = name === undefined ? null : configured(name);
    return name !== undefined && provider !== null && needsWorker(parts, name, provider) ? name : null;
  }

  function budgetOf(wanted: Wanted, name: string): Budget | undefined {
    const tokens = wanted.tokenBudget ?? configured(name)?.budget?.tokens;
    const job = shareOf(wanted, configured(name));
    return tokens === undefined && job === undefined ? undefined : { tokens, job };
  }

  async function grantModel(wanted: Wanted): Promise<Granted> {
    const name = providerOf(wanted);
    const provider = name === null ? null : configured(name);
    if (name === null || provider === null) return NOTHING;
    const { session } = wanted;
    const key = `${WORKER_KEY_PREFIX}${newSecret()}`;
    // Before the worker is looked for: one that is about to end because nobody has a grant is then started again.
    const begun = await grants.begin(name, session, { key, budget: budgetOf(wanted, name) });
    try {
      await ensure(name);
    } catch (error) {
      await begun.undo();
      throw error;
    }
    const socket = join(root.run.sockets, session, socketName(name));
    const until = clock.monotonic() + SOCKET_MS;
    while (!existsSync(socket) && clock.monotonic() < until) await clock.sleep(SOCKET_LOOK_MS);
    const variable = keyVariable(parts, name, provider);
    const named = variable === null ? {} : { [variable]: key };
    return { ...begun, variables: { HARNESS_MODEL_SOCKET: socket, HARNESS_WORKER_KEY: key, ...named } };
  }

  async function grant(wanted: Wanted): Promise<Granted> {
    const push = await grantPush(parts, wanted, { grants, ensure });
    if (push === null) return grantModel(wanted);
    try {
      const model = await grantModel(wanted);
      return {
        variables: { ...model.variables, ...push.variables },
        keep: async () => void (await Promise.all([model.keep(), push.keep()])),
        undo: async () => void (await Promise.all([model.undo(), push.undo()])),
      };
    } catch (error) {
      await push.undo();
      throw error;
    }
  }

  return {
    providerOf,
    grant,
    async allow(wanted) {
      const name = providerOf(wanted);
      if (name !== null) await grants.allow(name, wanted.session, budgetOf(wanted, name));
    },
    withdraw: grants.withdraw,
    forget: grants.forget,
    async unlock(name, passphrase) {
      const endpoint = findEndpoint(parts, name);
      await keys.open(name, passphrase, endpoint === null ? "provider" : kindOf(endpoint));
      await ensure(name);
    },
    async start() {
      // Those that sessions of an earlier dispatcher still use.
      for (const name of workerNames(root)) if (findEndpoint(parts, name) !== null) watch.follow(name);
      watch.begin();
    },
    close: watch.close,
  };
}
