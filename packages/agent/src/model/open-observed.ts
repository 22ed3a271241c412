import type { AgentContext } from "../agent-context.ts";
import type { DriverSession, ModelChoice } from "../drivers/driver.ts";
import { startRelay, type Relay } from "./start-relay.ts";

type Needed = Pick<AgentContext, "model" | "relay" | "calls" | "clock" | "record" | "processes" | "wall">;

interface Observed {
  readonly relay: Relay;
  readonly session: DriverSession;
}

/**
 * Opens a driver whose coding agent reaches its model through a relay, and closes both together. Without an endpoint there
 * is no relay. One that ended by itself is replaced before the next turn, and the driver with it: its coding agent knows
 * the old address only.
 */
export async function openObserved(
  context: Needed,
  open: (model: ModelChoice | null) => Promise<DriverSession>,
): Promise<DriverSession> {
  const { model } = context;
  if (model === null) return open(null);
  let current = await openBoth(context, model, open);

  async function close({ relay, session }: Observed): Promise<void> {
    try {
      await session.close();
    } finally {
      relay.close();
      context.calls.attach(null);
    }
  }
  return {
    get resumeToken() {
      return current.session.resumeToken;
    },
    get narrates() {
      return current.session.narrates ?? false;
    },
    async *prompt(input, signal) {
      if (current.relay.ended) {
        await close(current);
        current = await openBoth(context, model, open);
      }
      yield* current.session.prompt(input, signal);
    },
    close: () => close(current),
  };
}

async function openBoth(
  context: Needed,
  model: ModelChoice,
  open: (model: ModelChoice) => Promise<DriverSession>,
): Promise<Observed> {
  const { calls, clock, record } = context;
  let newest = 0;
  // Side by side with the start of the relay: the coding agent waits for both.
  context.processes.probe();
  const { door } = await context.wall.find();
  const relay = await startRelay(context.relay, {
    upstream: model.baseUrl,
    clock,
    door,
    onCall(line) {
      newest = line.call;
      calls.tell(line);
    },
    onHold: calls.tellHold,
    onLost(why) {
      record({ type: "warning.raised", code: "relay-lost", text: `The relay to the model endpoint is gone. ${why}` });
      calls.tell({
        type: "end",
        call: newest + 1,
        status: null,
        outcome: "broken",
        durationMs: 0,
        firstByteMs: null,
        bytes: 0,
        text: `The relay to it is gone. ${why}`,
      });
    },
  });
  calls.attach(relay);
  try {
    return { relay, session: await open({ ...model, baseUrl: relay.baseUrl }) };
  } catch (error) {
    relay.close();
    calls.attach(null);
    throw error;
  }
}
