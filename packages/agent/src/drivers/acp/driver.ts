import type { Driver, DriverSession, OpenOptions, Prompt } from "../driver.ts";
import { requireCommand } from "../find-program.ts";
import { isUsable, openConversation, startLimit, type Conversation } from "./conversation.ts";
import { createFrameLog } from "./frame-log.ts";
import { LIMITS, type AcpLimits } from "./limits.ts";
import { runTurn, type TurnPlace } from "./run-turn.ts";

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
  let crashed = false;
  let questions = 0;
  let costUsd: number | undefined;

  async function open(input: Prompt): Promise<{ conversation: Conversation; fresh: boolean }> {
    log.begin(input.turn);
    if (isUsable(conversation)) return { conversation, fresh: false };
    // What ended in between may have left something behind.
    if (conversation) await kill();
    opening = new AbortController();
    const wish = { options, log, token, crashed: crashed || input.resumed, signal: opening.signal };
    conversation = await within(openConversation(wish), limits);
    crashed = false;
    costUsd = conversation.isNew ? 0 : (conversation.costUsd ?? undefined);
    token = conversation.id;
    await options.keepResume(token);
    return { conversation, fresh: true };
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
    kill,
    keepCost: (spent) => (costUsd = spent),
    costUsd: () => costUsd,
    countQuestion: () => (questions += 1),
  };

  return {
    get resumeToken() {
      return token;
    },
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
