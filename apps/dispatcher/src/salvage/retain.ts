import type { Context } from "../context.ts";
import { chooseExpired } from "./choose-expired.ts";
import { collectHub, dropSalvage } from "./drop.ts";
import { type KeptSalvage, listSalvages } from "./list.ts";

/** What is younger than this stays, however much there is. */
export const SAFE_DAYS = 7;

export type RetainParts = Pick<Context, "root" | "environment" | "config" | "clock" | "log">;

/** Lets go of what was kept longer, or takes more space, than config.yaml allows. Returns the sessions concerned. */
export async function retainSalvages(parts: RetainParts): Promise<string[]> {
  const { config, clock, log } = parts;
  const all = await listSalvages(parts);
  const aging = all.map(({ session, at, bytes }) => ({ key: session, at, bytes }));
  const expired = chooseExpired(aging, { ...config.salvage, nowMs: clock.now(), safeDays: SAFE_DAYS });
  const hubs = new Set<string>();
  const gone: string[] = [];
  for (const kept of all) {
    const cause = expired.get(kept.session);
    if (cause === undefined) continue;
    if (!(await tryToDrop(parts, kept))) continue;
    gone.push(kept.session);
    if (kept.hub !== null && kept.problem === null) hubs.add(kept.hub);
    const { session, name, branch, at, bytes, commit } = kept;
    log.info("what was kept of a session is let go", { session, name, branch, at, bytes, commit, cause });
  }
  for (const hub of hubs) {
    log.info("space of a hub is given back", { hub, outcome: await collectHub(parts, hub) });
  }
  return gone;
}

// What cannot be let go now hinders nothing else, and is tried again by the next pass.
async function tryToDrop(parts: RetainParts, kept: KeptSalvage): Promise<boolean> {
  try {
    await dropSalvage(parts, kept);
    return true;
  } catch (error) {
    parts.log.warn("what was kept of a session could not be let go", { session: kept.session, error });
    return false;
  }
}
