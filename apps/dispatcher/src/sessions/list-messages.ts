import { basename } from "node:path";
import {
  isHarnessError,
  MESSAGE_LIMIT,
  messageIdOf,
  openDirectorySafe,
  parseClaimedName,
  parseInbound,
  parseOutbound,
  promptOf,
  systemCode,
  type SafeDirectory,
} from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";
import type { MessageRecord } from "./schema.ts";

type Message = NonNullable<MessageRecord["message"]>;
type BoxName = "inbox" | "outbox";

const NAMES_LIMIT = 10_000;
const SHOWN_LIMIT = 500;
/** Bytes of messages in one answer; older ones are named without their content. */
const BYTES_LIMIT = 8 * 1024 * 1024;
const YIELD_EVERY = 16;

/** The newest messages of one mailbox, oldest first, read as hostile input. Damaged ones are there without a content. */
export async function listMessages(context: Context, session: string, box: BoxName): Promise<MessageRecord[]> {
  const paths = context.root.session(findSession(context, session))[box];
  const budget = { box, bytes: BYTES_LIMIT };
  const top = await openDirectorySafe(paths.path).catch(absent);
  if (top === null) return [];
  try {
    if (box === "outbox") return inOrder(await readMessages(top, budget, () => "published"));
    const records = await readMessages(top, budget, () => "waiting");
    const claimed = (name: string) => (parseClaimedName(name)?.started ? "started" : "claimed");
    const folders: [string, StateOf][] = [
      [paths.claimed, claimed],
      [paths.done, () => "done"],
      [paths.bad, () => "rejected"],
    ];
    for (const [path, stateOf] of folders)
      records.push(...(await readFolder(top, basename(path), { budget, stateOf })));
    return inOrder(records);
  } finally {
    top.close();
  }
}

type StateOf = (name: string) => MessageRecord["state"];

// Below the open mailbox, whatever stands in its place by then.
async function readFolder(
  top: SafeDirectory,
  name: string,
  { budget, stateOf }: { budget: Budget; stateOf: StateOf },
): Promise<MessageRecord[]> {
  let directory: SafeDirectory | null = null;
  try {
    directory = top.open(name);
    return directory === null ? [] : await readMessages(directory, budget, stateOf);
  } catch (error) {
    return absent(error) ?? [];
  } finally {
    directory?.close();
  }
}

interface Budget {
  readonly box: BoxName;
  /** What may still be read. */
  bytes: number;
}

async function readMessages(directory: SafeDirectory, budget: Budget, stateOf: StateOf): Promise<MessageRecord[]> {
  const names = directory
    .names(NAMES_LIMIT)
    .names.map((name) => name.toString("latin1"))
    .filter((name) => idOf(name) !== null)
    .toSorted()
    .slice(-SHOWN_LIMIT);
  const records: MessageRecord[] = [];
  // The newest first, so that the budget is spent on them.
  for (const name of names.toReversed()) {
    records.push({ id: idOf(name) ?? name, state: stateOf(name), message: readMessage(directory, name, budget) });
    // A full mailbox is a hundred megabytes: others are served in between.
    if (records.length % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return records;
}

function idOf(name: string): string | null {
  return messageIdOf(name) ?? parseClaimedName(name)?.id ?? null;
}

function readMessage(directory: SafeDirectory, name: string, budget: Budget): Message | null {
  if (budget.bytes <= 0) return null;
  const { box } = budget;
  try {
    const { bytes, facts } = directory.read(name, { limit: MESSAGE_LIMIT, links: 2 });
    budget.bytes -= bytes.length;
    // Its owner sets a file's time as he likes, also to none that is a date.
    const modifiedAt = new Date(Math.min(Math.max(facts.mtimeMs, 0), Date.now()));
    const origin = { id: idOf(name) ?? name, createdAt: modifiedAt.toISOString() };
    const parsed = box === "inbox" ? parseInbound(bytes, origin) : parseOutbound(bytes, origin);
    if (parsed.state === "message") return parsed.message;
    return parsed.state === "text" && box === "inbox" ? promptOf(parsed.text, origin) : null;
  } catch (error) {
    // It moved on meanwhile, or is something that must not be read: there is nothing to show.
    if (systemCode(error) === undefined && !isHarnessError(error)) throw error;
    return null;
  }
}

function absent(error: unknown): null {
  if (systemCode(error) === "ENOENT" || isHarnessError(error)) return null;
  throw error;
}

function inOrder(records: MessageRecord[]): MessageRecord[] {
  const at = ({ message, id }: MessageRecord) => message?.createdAt ?? id;
  return records.toSorted((a, b) => at(a).localeCompare(at(b)) || a.id.localeCompare(b.id)).slice(-SHOWN_LIMIT);
}
