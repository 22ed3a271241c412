import { setTimeout as sleep } from "node:timers/promises";
import type { TurnFailure } from "@harness/core";
import type { OpenOptions } from "../driver.ts";
import { describeExit } from "../describe-exit.ts";
import { resolveCommand } from "../find-program.ts";
import type { FrameLog } from "../frame-log.ts";
import { piArguments, piVariables } from "./command-line.ts";
import { copyCompileCache } from "./compile-cache.ts";
import { configure, type PiConfiguration } from "./configuration.ts";
import { connect, type Connection } from "./connection.ts";
import { parseState, type PiState } from "./frame.ts";
import { makePlaces } from "./places.ts";

/** How long Pi may take from its start to its first answer. It takes half a second. */
const READY_MS = 60_000;

export interface StartedPi {
  readonly connection: Connection;
  readonly state: PiState;
}

/** Why Pi cannot be driven; nothing of it runs any more. */
export interface StartTrouble {
  readonly failure: TurnFailure;
  /** It ended by itself: perhaps it could not open the conversation. */
  readonly ended: boolean;
}

/** Starts Pi on a conversation, old or new, and sees that it uses the session's model. Throws when it cannot even be started. */
export async function startPi(
  options: OpenOptions,
  conversation: string,
  log: FrameLog,
): Promise<StartedPi | StartTrouble> {
  const { processes, directory, model } = options;
  const configuration = model && configure(model);
  const command = resolveCommand(options);
  const [places] = await Promise.all([makePlaces(options, configuration), copyCompileCache(options)]);
  const child = await processes.start([...command, ...piArguments(conversation, places)], {
    cwd: directory,
    variables: piVariables(places),
    patient: true,
  });
  const connection = connect(child, { processes, log });
  const over = new AbortController();
  const late = sleep(READY_MS, "late" as const, { signal: over.signal }).catch(() => "late" as const);
  const state = await Promise.race([askState(connection, configuration), late]);
  over.abort();
  if (typeof state === "object" && state !== null) return { connection, state };
  await processes.stop();
  if (state === "late") return trouble("agent-silent", `Pi did not answer within ${READY_MS / 1000} s of its start.`);
  if (state === "no-model")
    return trouble("agent-failed", `Pi cannot use the model ${JSON.stringify(configuration?.model.id)}.`);
  const text = `Pi ${describeExit(await connection.gone)} before it was ready.\n${connection.errors()}`.trim();
  return { ...trouble("agent-failed", text), ended: true };
}

function trouble(code: string, text: string): StartTrouble {
  return { failure: { code, text }, ended: false };
}

async function askState(
  connection: Connection,
  configuration: PiConfiguration | null,
): Promise<PiState | "no-model" | null> {
  const state = parseState((await connection.request({ type: "get_state" }))?.data);
  if (!state || !configuration) return state;
  const { id, providers } = configuration.model;
  if (state.model?.id === id && providers.includes(state.model.provider)) return state;
  // Not with --model: that takes the most similar name when there is no such model. Asked at once, the best last: it stays.
  const asked = providers
    .toReversed()
    .map((provider) => connection.request({ type: "set_model", provider, modelId: id }));
  const answers = await Promise.all(asked);
  if (answers.includes(null)) return null;
  if (answers.some((answer) => answer?.success)) return state;
  return "no-model";
}
