import type { Asking } from "./ask-remote.ts";
import type { Command } from "./push-request.ts";
import { openPackReader, type PackReader } from "./pack/read-pack.ts";

const PACK_LIMIT = 2 * 1024 * 1024 * 1024;
/** More than the checksum without which no remote takes a pack. */
const WITHHELD = 64;

export interface Sending {
  readonly command: Command;
  /** The branch must only move forward. */
  readonly looks: boolean;
}

/**
 * Sends a pack on as it comes, and looks through it meanwhile. Its end is held back until it is known that the branch moves
 * forward: without its end a remote drops all of it. Returns why it was not sent to its end; null where it was, or where the
 * remote has answered already.
 */
export async function sendPack(
  asking: Asking,
  pack: AsyncIterable<Buffer>,
  { command, looks }: Sending,
): Promise<string | null> {
  const reader = looks ? openPackReader(command.new.length / 2) : null;
  let held = Buffer.alloc(0);
  let sent = 0;
  try {
    for await (const bytes of pack) {
      sent += bytes.length;
      if (sent > PACK_LIMIT) return "it is larger than 2 GiB";
      const odd = await trying(reader?.write(bytes));
      if (odd !== null) return odd;
      const all = Buffer.concat([held, bytes]);
      const cut = Math.max(0, all.length - WITHHELD);
      held = all.subarray(cut);
      if (!(await asking.write(all.subarray(0, cut)))) return null;
    }
    const odd = await trying(reader?.end());
    const why = odd ?? (reader === null ? null : whyNotForward(reader, command));
    if (why !== null) return why;
    await asking.write(held);
    asking.end();
    return null;
  } finally {
    reader?.close();
  }
}

function whyNotForward({ commits }: PackReader, command: Command): string | null {
  const leads = commits.leads(command.new, command.old);
  if (leads === true) return null;
  return leads === null
    ? "it has too many commits to see that the branch moves forward: push it in parts"
    : "the branch does not move forward, and a session does not force it: fetch, and merge or rebase onto it";
}

/** What is wrong with the pack. */
async function trying(step: Promise<void> | undefined): Promise<string | null> {
  try {
    await step;
    return null;
  } catch (error) {
    return `its pack cannot be read: ${(error as Error).message}`;
  }
}
