import { HarnessError, parseId } from "@harness/core";
import type { GitContext } from "../worktrees/git.ts";
import { type KeptSalvage, listSalvages } from "./list.ts";

/** What is kept under an id, a name or an unambiguous beginning of an id. Throws `salvage-not-found`, `id-ambiguous`. */
export async function findSalvage(context: GitContext, text: string): Promise<KeptSalvage> {
  parseId(text, "session id");
  const all = await listSalvages(context);
  const exact = all.filter(({ session }) => session === text);
  const named = all.filter(({ name }) => name === text);
  const begun = all.filter(({ session }) => session.startsWith(text));
  const found = [exact, named, begun].find((list) => list.length > 0) ?? [];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) throw new HarnessError("salvage-not-found", `Nothing is kept of a session ${text}.`);
  const shown = found.slice(0, 8).map(({ session }) => session);
  throw new HarnessError("id-ambiguous", `${text} can be ${shown.join(", ")}.`, { details: { candidates: shown } });
}
