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

/** The newest messages of one mailbox, oldest first, read as hostile input. Damaged ones are there without a content. */
export async function listMessages(context: Context, session: string, box: BoxName): Promise<MessageRecord[]> {
  const paths = context.root.session(findSession(context, session))[box];
  if (box === "outbox") return inOrder(await readMessages(paths.path, box, () => "published"));
  const folders = await Promise.all([
    readMessages(paths.path, box, () => "waiting"),
    readMessages(paths.claimed, box, (name) => (parseClaimedName(name)?.started ? "started" : "claimed")),
    readMessages(paths.done, box, () => "done"),
    readMessages(paths.bad, box, () => "rejected"),
  ]);
  return inOrder(folders.flat());
}

async function readMessages(
  path: string,
  box: BoxName,
  stateOf: (name: string) => MessageRecord["state"],
): Promise<MessageRecord[]> {
  const directory = await openDirectorySafe(path).catch(absent);
  if (directory === null) return [];
  try {
    return directory
      .names(NAMES_LIMIT)
      .names.map((name) => name.toString("latin1"))
      .filter((name) => idOf(name) !== null)
      .toSorted()
      .slice(-SHOWN_LIMIT)
      .map((name) => ({ id: idOf(name) ?? name, state: stateOf(name), message: readMessage(directory, name, box) }));
  } finally {
    directory.close();
  }
}

function idOf(name: string): string | null {
  return messageIdOf(name) ?? parseClaimedName(name)?.id ?? null;
}

function readMessage(directory: SafeDirectory, name: string, box: BoxName): Message | null {
  try {
    const { bytes, facts } = directory.read(name, { limit: MESSAGE_LIMIT, links: 2 });
    const origin = { id: idOf(name) ?? name, createdAt: new Date(facts.mtimeMs).toISOString() };
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
