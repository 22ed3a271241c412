import type { Driver, DriverSession, OpenOptions, Prompt } from "../driver.ts";
import { requireCommand } from "../find-program.ts";
import { isUsable, openConversation, startLimit, type Conversation } from "./conversation.ts";
import { createFrameLog } from "../frame-log.ts";
import { LIMITS, type AcpLimits } from "./limits.ts";
import { runTurn, type OpenedConversation, type TurnPlace } from "./run-turn.ts";

/** Any coding agent that speaks the Agent Client Protocol on its stdio. It lives from the first prompt until it is closed. */
export function createAcpDriver(limits: AcpLimits = LIMITS): Driver {
  return {
    name: "acp",
    async open(options) {
      requireCommand(options);
      return openSession(options, limits);
    },
  };
}

export const acpDriver = createAcpDriver();

function openSession(options: OpenOptions, limits: AcpLimits): DriverSession {
  const log = createFrameLog(options.transcripts);
  let conversation: Conversation | null = null;
  let opening = new AbortController();
  let token = options.resumeToken;
  let kept = token;
  let owesAccount = false;
  let crashed = false;
  let questions = 0;
  let costUsd: number | undefined;

  async function open(input: Prompt): Promise<OpenedConversation> {
    log.begin(input.turn);
    if (isUsable(conversation)) return { conversation, notes: [], owesAccount };
    // What ended in between may have left something behind.
    if (conversation) await kill();
    opening = new AbortController();
    const wish = { options, log, token, crashed: crashed || input.resumed, signal: opening.signal };
    conversation = await within(openConversation(wish), limits);
    const { id, isNew, notes } = conversation;
    crashed = false;
    costUsd = isNew ? 0 : (conversation.costUsd ?? undefined);
    owesAccount ||= isNew;
    token = id;
    return { conversation, notes, owesAccount };
  }

  async function prompted(): Promise<void> {
    owesAccount = false;
    if (token === null || token === kept) return;
    await options.keepResume(token);
    kept = token;
  }

  async function kill(): Promise<void> {
    crashed = true;
    opening.abort();
    conversation = null;
    options.processes.killNow();
    await options.processes.stop();
  }

  const place: TurnPlace = {
    options,
    cancelMs: limits.cancelMs,
    open,
    prompted,
    kill,
    keepCost: (spent) => (costUsd = spent),
    costUsd: () => costUsd,
    countQuestion: () => (questions += 1),
  };

  return {
    get resumeToken() {
      return token;
    },
    narrates: true,
    prompt: (input, signal) => runTurn(place, input, signal),
    async close() {
      opening.abort();
      await conversation?.agent.leave(limits.closeMs);
      conversation = null;
      await options.processes.stop();
      log.close();
    },
  };
}

async function within(opening: Promise<Conversation>, limits: AcpLimits): Promise<Conversation> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(startLimit(limits)), limits.startMs);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
    opening.catch(() => {});
  }
}
