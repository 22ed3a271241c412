import { rm } from "node:fs/promises";
import type { Context } from "../context.ts";
import { findSettings } from "../repositories/find-settings.ts";
import { createSerial } from "../serial.ts";
import { createSharedLook } from "../worktrees/shared-look.ts";
import { createAtMost } from "./at-most.ts";
import { type Comparison, compareCollisions, isUnsure } from "./collisions.ts";
import { lookAround } from "./look.ts";
import { lookoutDirectory } from "./lookout.ts";
import { openOutlook, type Outlook } from "./outlook.ts";
import type { Roster } from "./roster.ts";
import type { Sighting, Told } from "./schema.ts";
import { tellCollision } from "./tell.ts";

export interface LookOptions {
  uncommitted: boolean;
  retry: boolean;
}

/** What the radar sees of each repository, and what it does about a difference. */
export interface Sightings {
  look(hub: string, options: LookOptions): Promise<Sighting>;
  /** Tells the sides of every collision that is known. */
  tell(hub: string): Promise<Told[]>;
}

// git at work at once, over all repositories.
const PROCESSES = 2;

export function createSightings(context: Context, roster: Roster): Sightings {
  const { clock, feed, log } = context;
  const atMost = createAtMost(PROCESSES);
  const shared = createSharedLook<Sighting>();
  const inTurn = createSerial();
  const outlooks = new Map<string, Outlook>();

  async function outlookOf(hub: string): Promise<Outlook> {
    const outlook = outlooks.get(hub) ?? (await openOutlook(context, hub));
    outlooks.set(hub, outlook);
    return outlook;
  }

  async function look(hub: string, options: LookOptions): Promise<Sighting> {
    const began = clock.monotonic();
    roster.see(hub);
    const sessions = roster.sessionsOf(hub);
    const outlook = await outlookOf(hub);
    const {
      cost,
      used,
      collisions: found,
      ...report
    } = await lookAround({ context, atMost, outlook }, { sessions, ...options });
    const repository = sessions[0]?.record.source ?? outlook.collisions[0]?.repository ?? "";
    const now = new Date(clock.now()).toISOString();
    const facts = { repository, now, isUnsure: isUnsure(report) };
    const comparison = compareCollisions(outlook.collisions, found, facts);
    const told = new Map(outlook.collisions.map((one) => [one.id, one.told]));
    outlook.collisions = comparison.present.map((one) => ({ ...one, told: told.get(one.id) ?? [] }));
    outlook.keep(used);
    if (sessions.length > 0) await outlook.save();
    else await forget(hub);
    announce(repository, comparison);
    if (findSettings(context, repository)?.tellConflicts) await tellAll(outlook);
    return { repository, ...report, cost: { ...cost, milliseconds: Math.round(clock.monotonic() - began) } };
  }

  async function forget(hub: string): Promise<void> {
    outlooks.delete(hub);
    await rm(lookoutDirectory(context, hub), { recursive: true, force: true });
  }

  function announce(repository: string, { present, appeared, gone }: Comparison): void {
    for (const collision of appeared) feed.publish({ type: "collision.appeared", collision });
    for (const collision of gone) feed.publish({ type: "collision.gone", collision });
    if (appeared.length + gone.length > 0)
      log.info("collisions changed", { repository, appeared: appeared.length, gone: gone.length });
    const open = new Set(roster.hubs().flatMap((hub) => roster.sessionsOf(hub).map(({ id }) => id)));
    for (const id of context.collisions.set(repository, present)) if (open.has(id)) context.supervisor.look(id);
  }

  async function tellAll(outlook: Outlook): Promise<Told[]> {
    const told: Told[] = [];
    for (const collision of outlook.collisions) {
      const fresh = await tellCollision(context, collision);
      told.push(...fresh);
      if (fresh.some(({ outcome }) => outcome === "told")) await outlook.save();
    }
    return told;
  }

  return {
    look: (hub, options) =>
      shared(`${options.uncommitted} ${options.retry} ${hub}`, () => inTurn(hub, () => look(hub, options))),
    tell: (hub) => inTurn(hub, async () => tellAll(await outlookOf(hub))),
  };
}
