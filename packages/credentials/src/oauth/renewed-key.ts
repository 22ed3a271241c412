import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderKey } from "../provider-key.ts";
import type { Refusal } from "../refusal.ts";
import { secretForms } from "../secret-forms.ts";
import { askTokens } from "./ask-tokens.ts";
import { openLogin, readLoginFile, sealLogin, writeLoginFile, type Login, type LoginFile } from "./login.ts";
import { createTokenTrust } from "./refused-token.ts";

/** A token is renewed so long before it expires, or a tenth of its life where that is less. */
const EARLY_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const PAIRS_MASKED = 3;
const SAVE_AGAIN_MS = 250;

export interface RenewedKeyOptions {
  readonly provider: string;
  /** The login, under `key`. This process is the only one that writes it. */
  readonly path: string;
  readonly key: string;
  /** At most so often a token is renewed because it was refused. */
  readonly refusedEveryMs?: number | undefined;
  log(text: string): void;
}

/**
 * A login whose access token is renewed by one request, however many calls need it. A new pair is on the disk before it is
 * used: whatever becomes of this process, what it leaves is the pair before or the pair after. Throws where there is no login.
 */
export function renewedKey({ provider, path, key, refusedEveryMs, log }: RenewedKeyOptions): ProviderKey {
  const found = readLoginFile(path, provider);
  if (found === null) throw new Error(`There is no login of ${provider} that could be read.`);
  let file: LoginFile = found;
  let login = openLogin(found, key);
  // What was begun with a pair may still be repeated by the provider when it is not the newest any more.
  let forms = [formsOf(login)];
  /** Got in exchange for the pair on the disk, which is worth nothing any more, and not yet in its place. */
  let unsaved: Login | null = null;
  let renewing: Promise<void> | null = null;
  const trust = createTokenTrust(refusedEveryMs);
  let calls = 0;
  let failures = 0;
  let notBeforeMs = 0;
  let isLeaving = false;

  const expiresMs = () => (login.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(login.expiresAt));
  const earlyMs = () => Math.min(EARLY_MS, Math.max(0, expiresMs() - Date.parse(file.refreshedAt)) / 10);
  const isDue = () => trust.isWanted() || login.accessToken === "" || Date.now() >= expiresMs() - earlyMs();
  // One that was refused is still shown while no other can be had: it may have been the call.
  const isOver = () => login.accessToken === "" || Date.now() >= expiresMs();

  function save(next: Login): void {
    const generation = file.generation + 1;
    const refreshedAt = new Date().toISOString();
    const written = sealLogin(next, key, { provider, state: "ready", generation, refreshedAt });
    writeLoginFile(path, written);
    unsaved = null;
    file = written;
    login = next;
    trust.replaced();
    forms = [...forms, formsOf(next)].slice(-PAIRS_MASKED);
    log(`renewed, generation ${generation}`);
  }

  function giveUp(reason: string): void {
    log(`needs a login: ${reason}`);
    const written: LoginFile = { ...file, state: "needs-login", reason };
    writeLoginFile(path, written);
    file = written;
  }

  async function renew(): Promise<void> {
    try {
      const answer = unsaved === null ? await askTokens(login) : { outcome: "refreshed" as const, login: unsaved };
      if (answer.outcome === "refused") return giveUp(answer.reason);
      if (answer.outcome === "failed") throw new Error(answer.reason);
      unsaved = answer.login;
      save(answer.login);
      failures = 0;
    } catch (error) {
      failures += 1;
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
      notBeforeMs = performance.now() + waitMs;
      log(`could not be renewed: ${(error as Error).message}`);
      // What is worth something in this process alone does not wait for a call.
      if (unsaved !== null) setTimeout(() => void renewOnce(), waitMs + SAVE_AGAIN_MS).unref();
    }
  }

  function renewOnce(): Promise<void> {
    if (isLeaving || file.state === "needs-login" || performance.now() < notBeforeMs) return Promise.resolve();
    renewing ??= renew().finally(() => (renewing = null));
    return renewing;
  }

  return {
    async present() {
      if (isDue()) await renewOnce();
      if (isOver()) return file.state === "needs-login" ? needsLogin(provider) : notNow(provider);
      const { generation } = file;
      return { secret: login.accessToken, isToken: true, forms: forms.flat(), generation, order: ++calls };
    },
    answered({ generation, order }, status) {
      if (generation !== file.generation) return status === 401 ? again(provider) : null;
      if (status < 300) trust.accepted(order);
      if (status !== 401 || file.state === "needs-login" || !trust.refused(order)) return null;
      void renewOnce();
      return again(provider);
    },
    isBusy: () => renewing !== null || unsaved !== null,
    async settle() {
      isLeaving = true;
      await renewing;
      while (unsaved !== null) {
        try {
          save(unsaved);
        } catch (error) {
          log(`could not be kept: ${(error as Error).message}`);
          await sleep(SAVE_AGAIN_MS);
        }
      }
    },
  };
}

function formsOf({ accessToken, refreshToken, clientSecret = "" }: Login): Buffer[] {
  return [accessToken, refreshToken, clientSecret].flatMap(secretForms);
}

const needsLogin = (provider: string): Refusal => ({
  code: "needs-login",
  status: 401,
  message: `The login to ${provider} has ended. A person has to log in again: \`harness credential set ${provider} --oauth\`.`,
  retryable: false,
});

const notNow = (provider: string): Refusal => ({
  code: "key-unavailable",
  status: 503,
  message: `The login to ${provider} could not be renewed just now. Try again in a moment.`,
  retryable: true,
});

const again = (provider: string): Refusal => ({
  code: "key-renewed",
  status: 503,
  message: `The login to ${provider} is being renewed. Try again.`,
  retryable: true,
});
