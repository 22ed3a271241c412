import { decideCall } from "./capabilities.ts";
import { forwardCall, type Request } from "./forward-call.ts";
import { opens, readGrant } from "./grants.ts";
import { presentedKeys, whyRefused } from "./headers.ts";
import { holdCall } from "./hold-call.ts";
import type { JobShare } from "./job-share.ts";
import type { Ledger } from "./ledger.ts";
import type { WorkerStart } from "./protocol.ts";
import { isRefusal, type ProviderKey } from "./provider-key.ts";
import { refuse, type Refusal } from "./refusal.ts";
import type { Asked } from "./serve-session.ts";
import type { Place, Turnstile } from "./turnstile.ts";
import type { Upstream } from "./upstream.ts";

/** What all calls of a worker share. */
export interface Service {
  readonly start: WorkerStart;
  readonly upstream: Upstream;
  readonly request: Request;
  readonly ledger: Ledger;
  readonly turnstile: Turnstile;
  readonly key: ProviderKey;
}

const KEY_REFUSED: Refusal = {
  code: "worker-key-refused",
  status: 401,
  message: "This is not the worker key of this session.",
  retryable: false,
};

const NOT_KEPT: Refusal = {
  code: "spending-not-kept",
  status: 503,
  message: "The disk does not take down what is spent: nothing more is, until it does.",
  retryable: true,
};

/** Answers one request that came over the socket of `session`. */
export async function answerCall(service: Service, session: string, { asked, answer, admit }: Asked): Promise<void> {
  const beganAt = performance.now();
  const { start, upstream, ledger, turnstile } = service;
  answer.on("error", () => {});
  asked.on("error", () => {});

  function say(refusal: Refusal, capability: string | null = null): void {
    asked.resume();
    // Written down before the session can know of it.
    ledger.add({
      session,
      capability,
      status: null,
      outcome: "refused",
      refusal: refusal.code,
      requestBytes: 0,
      answerBytes: 0,
      inputTokens: 0,
      outputTokens: 0,
      durationMs: Math.round(performance.now() - beganAt),
    });
    refuse(answer, refusal);
  }
  const method = asked.method ?? "";
  const target = asked.url ?? "";
  const wrong = whyRefused(asked.rawHeaders, { host: upstream.host, method: asked.method });
  if (wrong) return say({ code: "not-allowed", status: wrong.status, message: wrong.text, retryable: false });
  const keys = presentedKeys(asked.rawHeaders, target);
  const grantNow = () => {
    const grant = readGrant(start.directory, session);
    return grant !== null && opens(grant, keys) ? grant : null;
  };
  if (grantNow() === null) return say(KEY_REFUSED);
  admit(keys);
  const decision = decideCall({ wire: start.wire, upstream }, { method, target });
  if (!decision.allowed)
    return say({ code: "not-allowed", status: decision.status, message: decision.text, retryable: false });
  const { capability, metered, target: path } = decision;
  if (metered && !ledger.isKept(session, grantNow()?.budget?.job)) return say(NOT_KEPT, capability);
  const gone = new AbortController();
  answer.once("close", () => gone.abort());
  for (;;) {
    // A session that may spend nothing takes no turn from those that may.
    const spent = metered ? ledger.whySpent(session, grantNow()?.budget) : null;
    if (spent !== null) {
      if (await holdCall(start, { session, asked, answer, ledger, gone: gone.signal, why: spent })) continue;
      return say({ code: "budget-spent", status: 402, message: spent, retryable: false }, capability);
    }
    const place = await turnstile.enter(session, gone.signal);
    if (place === null) return;
    try {
      // Asked again when its turn has come: what ran meanwhile has spent something, and the grant may be gone.
      const grant = grantNow();
      if (grant !== null && !(metered && ledger.whySpent(session, grant.budget) !== null))
        return await pass(place, grant.budget?.job);
      place.giveBack();
      if (grant === null) return say(KEY_REFUSED, capability);
    } catch (error) {
      // Of a call that nobody made, the place would be taken for good.
      place.giveBack();
      throw error;
    }
  }

  async function pass(place: Place, job: JobShare | undefined): Promise<void> {
    const key = await service.key.present();
    if (isRefusal(key)) {
      place.giveBack();
      return say(key, capability);
    }
    // Nobody would hear when it goes away now.
    if (gone.signal.aborted) return place.giveBack();
    forwardCall(service, { asked, answer, target: path, key, metered }, (end) => {
      place.leave();
      ledger.add({ session, capability, ...end, durationMs: Math.round(performance.now() - beganAt) }, job);
    });
  }
}
