import type { Context } from "../context.ts";
import { listTrash } from "../sessions/trash.ts";
import { expiresAt } from "./choose-expired.ts";
import type { KeptSalvage } from "./list.ts";

export interface ToldSalvage extends KeptSalvage {
  /** When its time is over; null for never. Size may end it earlier. */
  expiresAt: string | null;
  trash: { path: string; expiresAt: string | null } | null;
}

/** Until when each is kept, and where the session's whole directory still lies. */
export function tellExpiry(parts: Pick<Context, "root" | "config">, kept: readonly KeptSalvage[]): ToldSalvage[] {
  const { salvage, trash } = parts.config;
  const lying = new Map(listTrash(parts).map((entry) => [entry.session, entry]));
  return kept.map((one) => {
    const entry = lying.get(one.session);
    const where =
      entry === undefined || entry.discarded
        ? null
        : { path: entry.path, expiresAt: expiresAt(entry.at, trash.keepDays) };
    return { ...one, expiresAt: expiresAt(one.at, salvage.keepDays), trash: where };
  });
}
