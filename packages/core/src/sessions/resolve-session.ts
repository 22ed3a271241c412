import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import { isId, parseId } from "../ids.ts";
import { sessionPaths } from "../layout/session-directory.ts";
import type { StateRoot } from "../layout/state-root.ts";
import { readJsonFileSync } from "../fs/json-file.ts";
import { SessionSpecSchema } from "../schema/session.ts";
import { listSessionIds } from "./list-sessions.ts";

const NAMED_IN_ERRORS = 8;

/**
 * The id that a person means: the id itself, a session's name, or an unambiguous beginning of an id, in this order.
 * Throws `id-invalid`, `session-not-found`, `session-archived`, `id-ambiguous`, `storage-lost`.
 */
export function resolveSession(root: StateRoot, text: string): string {
  parseId(text, "session id");
  const ids = listSessionIds(root);
  if (ids.includes(text)) return text;
  const named = ids.filter((id) => readJsonFileSync(root.session(id).spec, SessionSpecSchema)?.name === text);
  const found = named.length > 0 ? named : ids.filter((id) => id.startsWith(text));
  if (found.length === 1) return found[0]!;
  const archived = found.length === 0 ? findArchived(root, text) : undefined;
  if (archived !== undefined) throw new HarnessError("session-archived", `Session ${text} is archived in ${archived}.`);
  if (found.length === 0)
    throw new HarnessError("session-not-found", `There is no session ${text}.`, { details: { text } });
  const shown = found.slice(0, NAMED_IN_ERRORS).join(", ");
  throw new HarnessError("id-ambiguous", `${text} can be ${shown}${found.length > NAMED_IN_ERRORS ? ", …" : ""}.`, {
    details: { candidates: found },
  });
}

// By its id or its name, as among those that are open.
function findArchived({ archive }: StateRoot, text: string): string | undefined {
  if (existsSync(join(archive, text))) return join(archive, text);
  if (!existsSync(archive)) return undefined;
  return readdirSync(archive, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isId(entry.name))
    .map((entry) => join(archive, entry.name))
    .find((directory) => readJsonFileSync(sessionPaths(directory).spec, SessionSpecSchema)?.name === text);
}
