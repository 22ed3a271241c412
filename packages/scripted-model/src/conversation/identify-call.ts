import { createHash } from "node:crypto";
import type { Call } from "./call.ts";
import { stripNotes } from "./read-turn.ts";

/** A name for this point of this conversation: a retry has the same, the next call and any other conversation another.
 *  Notes are left out, because some agents write the time into them. */
export function identifyCall({ model, system, entries }: Call, key: string | null): string {
  const said = entries.map((entry) => (entry.kind === "result" ? "result" : [entry.kind, stripNotes(entry.text)]));
  const facts = JSON.stringify([key, model, system, said]);
  return createHash("sha256").update(facts).digest("hex").slice(0, 24);
}
