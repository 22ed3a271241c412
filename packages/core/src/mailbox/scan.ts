import { lstatSync } from "node:fs";
import { messageIdOf, messageName, messagePath } from "../layout/message-file.ts";
import type { Inbound } from "../schema/inbound.ts";
import { listBox } from "./box-listing.ts";
import type { InboxState, Sighting } from "./inbox-state.ts";
import { type Look, lookAt, reload } from "./look.ts";
import { comparePlaces, placeOf } from "./message-order.ts";
import { findOpenWriters } from "./open-writers.ts";

const YIELD_EVERY = 64;
const IGNORED_REPORTED = 1_000;

/** A message that is whole, in the inbox, and was not taken before. */
export interface ReadyMessage {
  id: string;
  message: Inbound;
}

/** One scan (C1): what is whole, in order. What can never be a message goes to `.bad`; what may still become one waits. */
export async function scanInbox(state: InboxState): Promise<ReadyMessage[]> {
  state.scans += 1;
  await noteNames(state);
  await lookAtAll(state, chooseLooks(state));
  return chooseReady(state);
}

/** Files that no scan has opened yet: the next scan has more to do. */
export function countBacklog(state: InboxState): number {
  return [...state.sightings.values()].filter((sighting) => sighting.state === "new").length;
}

async function noteNames(state: InboxState): Promise<void> {
  // Where the clock was set back, what comes now still came after what waits.
  const nowAt = Math.max(state.clock.now(), state.lookedAt + 1);
  const ignored: string[] = [];
  for await (const name of listBox(state.box.path)) {
    const known = state.sightings.get(name);
    if (known !== undefined) {
      known.lastScan = state.scans;
      continue;
    }
    const id = messageIdOf(name);
    if (id === null) ignored.push(name);
    else state.sightings.set(name, firstSighting(state, { id, nowAt }));
  }
  for (const [name, sighting] of state.sightings) {
    if (sighting.lastScan !== state.scans) state.sightings.delete(name);
  }
  state.lookedAt = nowAt;
  reportIgnored(state, ignored);
}

function firstSighting(state: InboxState, { id, nowAt }: { id: string; nowAt: number }): Sighting {
  const modifiedAt = lstatSync(messagePath(state.box, id), { throwIfNoEntry: false })?.mtimeMs ?? nowAt;
  const place = placeOf(id, { modifiedAt, lookedBeforeAt: state.lookedAt, nowAt });
  return {
    id,
    place: id === state.firstId ? { ...place, time: -Infinity } : place,
    state: "new",
    appearance: null,
    changedAt: 0,
    lastScan: state.scans,
  };
}

/** New files in their order, and those that wait; neither can crowd out the other. */
function chooseLooks(state: InboxState): Sighting[] {
  const all = [...state.sightings.values()];
  const fresh = all.filter((sighting) => sighting.state === "new").toSorted(byPlace);
  const waiting = all.filter((sighting) => sighting.state === "waiting");
  const { looks } = state.limits;
  const start = waiting.length > looks ? (state.scans * looks) % waiting.length : 0;
  return [...fresh.slice(0, looks), ...waiting.slice(start, start + looks)];
}

async function lookAtAll(state: InboxState, sightings: Sighting[]): Promise<void> {
  const unsure: Exclude<Look, string>[] = [];
  const writable = new Map<number, string>();
  for (const [index, sighting] of sightings.entries()) {
    const look = await lookAt(state, sighting);
    if (typeof look !== "string") {
      unsure.push(look);
      writable.set(look.ino, messageName(sighting.id));
    }
    if (index % YIELD_EVERY === YIELD_EVERY - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  if (unsure.length === 0) return;
  const writers = await findOpenWriters(writable);
  for (const look of unsure) if (!writers.has(look.ino)) await look.settle();
}

/** Everything that is no prompt, and the first prompts: a burst must not fill the memory. */
function chooseReady(state: InboxState): ReadyMessage[] {
  const ready = [...state.sightings.values()].filter((sighting) => sighting.state === "ready").toSorted(byPlace);
  const chosen: ReadyMessage[] = [];
  let prompts = 0;
  for (const sighting of ready) {
    if (sighting.kind === "prompt" && ++prompts > state.limits.prompts) {
      delete sighting.message;
      continue;
    }
    if (sighting.message === undefined) reload(state, sighting);
    if (sighting.message !== undefined) chosen.push({ id: sighting.id, message: sighting.message });
  }
  return chosen;
}

function reportIgnored(state: InboxState, names: string[]): void {
  const untold = names.filter((name) => !state.ignored.has(name));
  if (untold.length === 0 || state.ignored.size >= IGNORED_REPORTED) return;
  for (const name of untold.slice(0, IGNORED_REPORTED)) state.ignored.add(name);
  state.onIgnored(untold);
}

function byPlace(one: Sighting, other: Sighting): number {
  return comparePlaces(one.place, other.place);
}
