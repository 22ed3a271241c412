/** What one session's directory says after the last kill. */
export interface History {
  session: string;
  /** Ids whose publish was answered with success. */
  accepted: readonly string[];
  /** Names in the inbox itself, in `.claimed`, `.done` and `.bad`, as message ids. */
  waiting: readonly string[];
  claimed: readonly string[];
  done: readonly string[];
  bad: readonly string[];
  /** Every report of the outbox: its id and the message it answers. */
  replies: readonly { id: string; replyTo: string | undefined }[];
  /** Ids that the coding agent wrote down when it was prompted, in order, repeats included. */
  prompted: readonly string[];
}

/** The promises that a history breaks, in words; empty when it keeps them all. `replyId` derives a reply's id from a message's. */
export function brokenPromises(history: History, replyId: (message: string) => string): string[] {
  const { session, accepted, replies } = history;
  const broken: string[] = [];
  const say = (text: string) => broken.push(`${session}: ${text}`);
  const done = new Set(history.done);
  const bad = new Set(history.bad);
  const prompted = new Set(history.prompted);

  for (const id of new Set(accepted)) {
    const places = [history.waiting, history.claimed, history.done, history.bad].filter((ids) =>
      ids.includes(id),
    ).length;
    if (places === 0) say(`message ${id} was accepted and is lost`);
    if (places > 1) say(`message ${id} is in ${places} states at once`);
    if (!done.has(id)) continue;
    const answers = replies.filter((reply) => reply.replyTo === id);
    if (answers.length !== 1) say(`message ${id} is done and has ${answers.length} replies`);
    if (answers.some((reply) => reply.id !== replyId(id))) say(`the reply to ${id} is under a foreign id`);
    if (!prompted.has(id)) say(`message ${id} is done and the coding agent never saw it`);
  }
  for (const id of [...history.waiting, ...history.claimed]) say(`message ${id} was never finished`);
  for (const id of bad) if (!accepted.includes(id)) say(`message ${id} is bad and nobody sent it`);
  return broken;
}
