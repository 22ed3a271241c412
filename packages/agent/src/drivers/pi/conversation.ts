const PATTERN = /^harness-[A-Za-z0-9_-]{1,64}-[1-9][0-9]{0,5}$/;

/**
 * The id of Pi's conversation: the same whenever it is worked out anew, so that a conversation is found again although
 * the agent process died before it could write down that there is one. A token that is none of ours counts for nothing. Pure.
 */
export function conversationId(session: string, token: string | null): string {
  return token !== null && PATTERN.test(token) && token.startsWith(`harness-${session}-`)
    ? token
    : `harness-${session}-1`;
}

/** The conversation to go on with when this one cannot be opened. Pure. */
export function nextConversation(id: string): string {
  const cut = id.lastIndexOf("-") + 1;
  return `${id.slice(0, cut)}${Number(id.slice(cut)) + 1}`;
}
