import { isSameProcess, signalProcess, type AgentProcess, type Wanted } from "@harness/core";
import { freshWanted } from "../sessions/wanted.ts";
import type { Serial } from "../serial.ts";
import { without } from "../without.ts";
import { adoptSession } from "./adopt.ts";
import { isSameIdentity } from "./exits.ts";
import { hasClaimed, hasMail } from "./mail.ts";
import { nextStep, type Step } from "./next-step.ts";
import type { SupervisorParts } from "./parts.ts";
import type { Processes } from "./processes.ts";
import { idleSince, planScheduling } from "./scheduling.ts";
import { hasEnded, type Track } from "./tracks.ts";

export interface StepParts extends SupervisorParts {
  processes: Processes;
  serial: Serial;
  tracks: ReadonlyMap<string, Track>;
  /** Does what there is to do for a session, soon. */
  tend(track: Track): void;
}

/** What there is to do for a session now. A look: nothing is changed. */
export function stepFor(track: Track, { clock, credentials, timing, wanted: records }: StepParts): Step {
  const wanted = records.get(track.id);
  if (wanted === null || track.phase !== "steady") return "none";
  const { process: living } = track;
  const isPastWorker = living !== null && isPast(wanted, credentials);
  const patience = wanted.generation === 0 ? timing.foreignScans : 1;
  return nextStep({
    wanted,
    process:
      living === null
        ? null
        : {
            known: wanted.process !== undefined && isSameIdentity(wanted.process, living),
            idle: (wanted.wanted === "parked" || isPastWorker) && idleSince(track, clock.now()) !== null,
            quietScans: track.quietScans,
          },
    isPastWorker,
    hasMail: track.mailScans >= patience,
    isDue: clock.monotonic() >= track.dueMs,
    hungScans: timing.hungScans,
  });
}

/** Counts the scans for which a message waits where no process takes it. */
export function countMail(track: Track, { wanted: records }: StepParts, cause: "scan" | "hint"): void {
  const isAsleep = track.process === null && records.get(track.id)?.wanted === "parked";
  const before = cause === "scan" ? track.mailScans + 1 : Math.max(1, track.mailScans);
  track.mailScans = isAsleep && hasMail(track.paths.inbox) ? before : 0;
}

/** Does what there is to do for a session, except for starts: those wait for a place. */
export async function takeStep(track: Track, parts: StepParts): Promise<void> {
  const { log, processes, wanted: records } = parts;
  track.going = null;
  if (!track.adopted) await adopt(track, parts);
  if (track.phase === "steady" && hasEnded(track)) await processes.settle(track);
  countMail(track, parts, "hint");
  const step = stepFor(track, parts);
  if (step !== "start" && step !== "wake" && track.phase === "steady") track.waitsSinceMs = null;
  switch (step) {
    case "none":
      return;
    case "wake":
    case "start":
      if (step === "wake") await records.change(track.id, wakeParked);
      track.waitsSinceMs ??= parts.clock.monotonic();
      return;
    case "accept":
      await records.change(track.id, (wanted) => acceptProcess(wanted, track.process));
      return;
    case "park":
      // The next message starts it anew.
      if (records.get(track.id)?.wanted === "run")
        await records.change(track.id, (last) => (last.wanted === "run" ? { ...last, wanted: "parked" } : last));
      if (track.process !== null) track.askedToPark = signalProcess(track.process, "SIGHUP");
      return;
    case "stop":
      return processes.end(track, "stop");
    case "end-hung":
      log.warn("an agent process gives no proof of life and is ended", { session: track.id, pid: track.process?.pid });
      return processes.end(track, "hung");
  }
}

function isPast(wanted: Wanted, { providerOf }: StepParts["credentials"]): boolean {
  return wanted.provider !== undefined && wanted.keyWorker === undefined && providerOf(wanted) !== null;
}

// Asked again at the change: a stop may have come in between.
function wakeParked(wanted: Wanted): Wanted {
  return wanted.wanted === "parked" ? { ...wanted, wanted: "run" } : wanted;
}

function acceptProcess(wanted: Wanted, living: AgentProcess | null): Wanted {
  const cleared = without(wanted, "queued", "backoffUntil", "failed");
  return { ...cleared, wanted: "run", ...(living === null ? {} : { process: living }) };
}

/** Compares what is remembered of a session with what is there, once. */
export async function adopt(track: Track, parts: StepParts): Promise<void> {
  const { clock, processes, wanted: records } = parts;
  const { inbox } = track.paths;
  const remembered = records.get(track.id);
  // It lives, and its status cannot be read, or is not its own.
  if (track.process === null && remembered?.process && isSameProcess(remembered.process))
    track.process = remembered.process;
  const { wanted, ended } = adoptSession({
    remembered,
    fresh: freshWanted(track.id, clock),
    status: track.view.status,
    process: track.process,
    hasWork: hasMail(inbox) || hasClaimed(inbox),
  });
  track.adopted = true;
  if (JSON.stringify(wanted) !== JSON.stringify(remembered)) await records.change(track.id, () => wanted);
  if (wanted.backoffUntil !== undefined) {
    const left = Date.parse(wanted.backoffUntil) - clock.now();
    track.dueMs = clock.monotonic() + Math.min(Math.max(0, left), LONGEST_DELAY_MS);
  }
  if (ended === null) return;
  track.process = ended;
  await processes.settle(track);
}

const LONGEST_DELAY_MS = 60_000;

/**
 * Starts those that wait, as far as there are places, and parks idle ones for the others. Returns what goes on with each:
 * a promise that settles when it is started, or noted as waiting.
 */
export function admit(parts: StepParts): Map<string, Promise<void>> {
  const { clock, config, tracks, wanted: records } = parts;
  const going = new Map<string, Promise<void>>();
  if (![...tracks.values()].some(({ waitsSinceMs }) => waitsSinceMs !== null)) return going;
  const plan = planScheduling({
    tracks: tracks.values(),
    limit: config.limits.concurrent,
    nowMs: clock.now(),
    isLeaving: ({ id }) => records.get(id)?.wanted === "parked",
  });
  const begin = (track: Track, work: Promise<void>) => {
    track.going = work;
    going.set(track.id, work);
  };
  for (const track of tracks.values()) {
    const { id } = track;
    if (plan.start.includes(id)) begin(track, start(track, parts));
    else if (plan.park.includes(id)) begin(track, changeRunning(track, parts, { wanted: "parked" }));
    else if (track.waitsSinceMs !== null && !records.get(id)?.queued) {
      begin(track, changeRunning(track, parts, { queued: true }));
    }
  }
  return going;
}

async function changeRunning(track: Track, parts: StepParts, change: Partial<Wanted>): Promise<void> {
  await parts.wanted.change(track.id, (wanted) => (wanted.wanted === "run" ? { ...wanted, ...change } : wanted));
  parts.tell(track);
  if (change.wanted !== undefined) parts.tend(track);
}

// The place is taken at once; whether the start is still wanted is asked when its turn has come.
function start(track: Track, parts: StepParts): Promise<void> {
  track.waitsSinceMs = null;
  track.phase = "starting";
  return parts.serial(track.id, async () => {
    // It may be held by now.
    if (track.phase === "starting") track.phase = "steady";
    if (stepFor(track, parts) === "start") await parts.processes.start(track);
  });
}
