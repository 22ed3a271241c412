import { fileTimestamp } from "../clock.ts";
import { isHarnessError, systemCode } from "../errors.ts";
import { openDirectorySafe, type SafeDirectory } from "../fs/safe-open.ts";
import { messageIdOf, messageName } from "../layout/message-file.ts";
import type { Box } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import type { Outbound } from "../schema/outbound.ts";
import { parseOutbound } from "./parse-message.ts";

/** More names than this in `.tmp` were put there on purpose: none of them excuses a second name then. */
const TEMPORARIES_LIMIT = 1_024;
/** Names read from one outbox at most; more than this is an attack or a defect, and only costs its own session. */
const NAMES_LIMIT = 250_000;
const ODD_NAMES_REPORTED = 20;
const YIELD_EVERY = 32;

export interface Collected {
  messages: Outbound[];
  /** Names (escaped where odd) and reasons. An id among them is to be counted as seen. */
  rejected: { name: string; reason: string }[];
  /** There are further unseen ones. */
  more: boolean;
}

/**
 * Reads up to `cap` unseen reports in the order of their names, as hostile input: through the directory's own descriptor,
 * plain files with one name only, within the size limit, validated. Removes nothing. Throws `session-damaged` when the
 * outbox is no directory.
 */
export async function collectOutbox(
  box: Box,
  seen: (id: string) => boolean,
  options: { cap?: number } = {},
): Promise<Collected> {
  const directory = await openOutboxDirectory(box);
  const collected: Collected = { messages: [], rejected: [], more: false };
  if (directory === null) return collected;
  try {
    const { ids, odd, more } = sortNames(directory, seen);
    const cap = options.cap ?? 256;
    const isOwnTemporary = indexTemporaries(directory);
    collected.more = more || ids.length > cap;
    collected.rejected = odd.map((name) => ({ name, reason: "odd-name: not <id>.msg" }));
    for (const [index, id] of ids.slice(0, cap).entries()) {
      if (index % YIELD_EVERY === YIELD_EVERY - 1) await new Promise((resolve) => setImmediate(resolve));
      collectOne({ directory, isOwnTemporary }, id, collected);
    }
    return collected;
  } finally {
    directory.close();
  }
}

async function openOutboxDirectory(box: Box): Promise<SafeDirectory | null> {
  try {
    return await openDirectorySafe(box.path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}

function sortNames(directory: SafeDirectory, seen: (id: string) => boolean) {
  const ids: string[] = [];
  const odd: string[] = [];
  const { names, more } = directory.names(NAMES_LIMIT);
  for (const raw of names) {
    // One character per byte: no two names become the same, and no bad byte is lost.
    const name = raw.toString("latin1");
    const id = messageIdOf(name);
    if (id !== null && !seen(id)) ids.push(id);
    if (id === null && !name.startsWith(".") && odd.length < ODD_NAMES_REPORTED) odd.push(JSON.stringify(name));
  }
  return { ids: ids.toSorted(), odd, more };
}

/** Whether an inode has a temporary name of its publisher. */
type IsOwnTemporary = (file: { id: string; ino: number }) => boolean;

interface Source {
  directory: SafeDirectory;
  isOwnTemporary: IsOwnTemporary;
}

function collectOne(source: Source, id: string, collected: Collected): void {
  const reject = (reason: string) => collected.rejected.push({ name: messageName(id), reason });
  try {
    const { bytes, createdAt } = readReport(source, id);
    const parsed = parseOutbound(bytes, { id, createdAt });
    if (parsed.state === "message") collected.messages.push(parsed.message);
    else reject(parsed.state === "rejected" ? parsed.reason : "invalid: not an envelope");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    if (!isHarnessError(error)) reject(`unreadable: ${systemCode(error) ?? String(error)}`);
    else reject(`${String(error.details["reason"])}: ${error.message}`);
  }
}

function readReport({ directory, isOwnTemporary }: Source, id: string): { bytes: Uint8Array; createdAt: string } {
  const rule = { limit: MESSAGE_LIMIT, links: 2 };
  let { bytes, facts } = directory.read(messageName(id), rule);
  if (facts.nlink > 1 && !isOwnTemporary({ id, ino: facts.ino })) {
    // Its publisher may have ended meanwhile: with one name left the second look is fine.
    ({ bytes, facts } = directory.read(messageName(id), { ...rule, links: 1 }));
  }
  return { bytes, createdAt: fileTimestamp(facts.mtimeMs, Date.now()) };
}

// The second name may be the publisher's own, for the moment between link and unlink or for ever if it died there.
function indexTemporaries(directory: SafeDirectory): IsOwnTemporary {
  let index: Set<string> | null = null;
  return ({ id, ino }) => (index ??= listTemporaries(directory)).has(`${id} ${ino}`);
}

function listTemporaries(directory: SafeDirectory): Set<string> {
  const found = new Set<string>();
  const temporary = directory.open(".tmp");
  if (temporary === null) return found;
  try {
    const { names, more } = temporary.names(TEMPORARIES_LIMIT);
    for (const name of more ? [] : names.map((raw) => raw.toString("latin1"))) {
      found.add(`${name.split(".", 1)[0]} ${temporary.inode(name)}`);
    }
    return found;
  } finally {
    temporary.close();
  }
}
