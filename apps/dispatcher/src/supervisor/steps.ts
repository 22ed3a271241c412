import { signalProcess } from "@harness/core";
import { freshWanted } from "../sessions/wanted.ts";
import type { Serial } from "../serial.ts";
import { adoptSession } from "./adopt.ts";
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
}

/** What there is to do for a session now. A look: nothing is changed. */
export function stepFor(track: Track, { clock, timing, wanted: records }: StepParts): Step {
  const wanted = records.get(track.id);
  if (wanted === null || track.phase !== "steady") return "none";
  const { process: living } = track;
  const patience = wanted.generation === 0 ? timing.foreignScans : 1;
  return nextStep({
    wanted,
    process:
      living === null
        ? null
        : {
            ours: living.nonce !== undefined && living.nonce === wanted.nonce,
            idle: wanted.wanted === "parked" && idleSince(track, clock.now()) !== null,
            quietScans: track.quietScans,
          },
    hasMail: track.mailScans >= patience,
    isDue: clock.monotonic() >= track.dueMs,
    hungScans: timing.hungScans,
  });
}

/** Counts the scans for which a message waits where no process takes it. */
export function countMail(track: Track, { wanted: records }: StepParts): void {
  const isAsleep = track.process === null && records.get(track.id)?.wanted === "parked";
  track.mailScans = isAsleep && hasMail(track.paths.inbox) ? track.mailScans + 1 : 0;
}

/** Does what there is to do for a session, except for starts: those wait for a place. */
export async function takeStep(track: Track, parts: StepParts): Promise<void> {
  const { log, processes, wanted: records } = parts;
  if (!track.adopted) await adopt(track, parts);
  if (track.phase === "steady" && hasEnded(track)) await processes.settle(track);
  const step = stepFor(track, parts);
  if (step !== "start" && step !== "wake" && track.phase === "steady") track.waitsSinceMs = null;
  switch (step) {
    case "none":
      return;
    case "wake":
    case "start":
      if (step === "wake") await records.change(track.id, (wanted) => ({ ...wanted, wanted: "run" }));
      track.waitsSinceMs ??= parts.clock.monotonic();
      return;
    case "accept":
      await records.change(track.id, (wanted) => ({ ...wanted, wanted: "run" }));
      return;
    case "park":
      if (track.process !== null) signalProcess(track.process, "SIGHUP");
      return;
    case "stop":
      return processes.end(track, "stop");
    case "end-hung":
      log.warn("an agent process gives no proof of life and is ended", { session: track.id, pid: track.process?.pid });
      return processes.end(track, "hung");
  }
}

async function adopt(track: Track, parts: StepParts): Promise<void> {
  const { clock, processes, wanted: records } = parts;
  const { inbox } = track.paths;
  const remembered = records.get(track.id);
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

/** Starts those that wait, as far as there are places, and parks idle ones for the others. Resolves at once; the starts are returned. */
export function admit(parts: StepParts): Map<string, Promise<void>> {
  const { clock, config, log, tracks, wanted: records } = parts;
  const started = new Map<string, Promise<void>>();
  const plan = planScheduling({
    tracks: tracks.values(),
    limit: config.limits.concurrent,
    nowMs: clock.now(),
    isLeaving: ({ id }) => records.get(id)?.wanted === "parked",
  });
  for (const id of plan.start) {
    const track = tracks.get(id);
    if (track) started.set(id, start(track, parts));
  }
  for (const id of plan.park) {
    const park = records.change(id, (wanted) => (wanted.wanted === "run" ? { ...wanted, wanted: "parked" } : wanted));
    park.catch((error: unknown) => log.warn("a session could not be parked", { session: id, error }));
  }
  for (const track of tracks.values()) {
    if (track.waitsSinceMs === null || records.get(track.id)?.queued) continue;
    const queue = records.change(track.id, (wanted) =>
      wanted.wanted === "run" ? { ...wanted, queued: true } : wanted,
    );
    queue.then(
      () => parts.tell(track),
      (error: unknown) => log.warn("a waiting session could not be marked", { session: track.id, error }),
    );
  }
  return started;
}

// The place is taken at once; whether the start is still wanted is asked when its turn has come.
function start(track: Track, parts: StepParts): Promise<void> {
  track.waitsSinceMs = null;
  track.phase = "starting";
  return parts.serial(track.id, async () => {
    track.phase = "steady";
    if (stepFor(track, parts) === "start") await parts.processes.start(track);
  });
}
