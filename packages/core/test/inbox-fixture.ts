import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Box, boxPaths } from "../src/layout/session-directory.ts";
import { openInbox } from "../src/mailbox/inbox.ts";
import { fakeClock } from "../src/testing/index.ts";

/** An inbox in a directory, with a clock that stands and everything it reports. */
export function setUpInbox(directory: string) {
  const box = boxPaths(join(directory, "inbox"));
  mkdirSync(box.path);
  const clock = fakeClock(Date.now());
  const rejected: [string, string][] = [];
  const ignored: string[] = [];
  const open = () =>
    openInbox(box, {
      clock,
      onRejected: (id, reason) => rejected.push([id, reason]),
      onIgnored: (names) => ignored.push(...names),
    });
  const drop = (name: string, content: string | Uint8Array) => writeFileSync(join(box.path, name), content);
  return { box, clock, rejected, ignored, open, drop, inbox: open() };
}

export function envelope(text: string, kind = "prompt"): string {
  return JSON.stringify({ v: 1, kind, body: { text } });
}

export function textsOf(messages: { message: { body: object } }[]): (string | undefined)[] {
  return messages.map(({ message }) => (message.body as { text?: string }).text);
}

/** The names in a directory but for dot names, sorted. */
export function plainNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith("."))
    .toSorted();
}

export function reasonOf(box: Box, name: string): string {
  return readFileSync(join(box.bad, `${name}.reason.txt`), "utf8");
}
