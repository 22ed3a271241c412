import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  goalMessageId,
  HarnessError,
  readSession,
  sendMessage,
  systemClock,
  waitForReply,
  type SessionPaths,
} from "@harness/core";
import { ATTEMPTS, awaitResults, isHeld, judge, worseOf, type AttemptResult } from "@harness/sandbox/conformance";
import type { SpawnInput } from "../../sessions/schema.ts";
import { bodyOf, connect } from "../client.ts";
import type { Io } from "../environment.ts";
import { packProgram } from "./program.ts";
import { openProvingGround, PROVIDER, type ProvingGround } from "./proving-ground.ts";
import { describeScene } from "./scene.ts";

const ENDINGS = ["SIGINT", "SIGTERM"] as const;
const ATTACKER = "attacker";
const RESULTS = "escape-results.jsonl";
const TURN_MS = 120_000;
/** A process of a session is gone a second after its end. */
const GONE_MS = 1_000;
const DELETED_MS = 10_000;
const LOOK_MS = 20;

export interface EscapeReport {
  /** The wall that was there, and what the session reached from behind it. */
  readonly sandbox: string;
  readonly network: string;
  /** The user that it ran as, by number, where that was its own. */
  readonly runsAs?: number | undefined;
  readonly attempts: readonly AttemptResult[];
  readonly held: boolean;
}

/** Makes every attempt inside a session that is started, looked at, killed, started again and removed as any other is. */
export async function tryInSession(io: Io, sandbox: SpawnInput["sandbox"]): Promise<EscapeReport> {
  const opening = openProvingGround(io);
  const end = () => void opening.then((ground) => ground.close()).finally(() => process.exit(130));
  for (const signal of ENDINGS) process.once(signal, end);
  try {
    return await tryOn(await opening, io, sandbox);
  } finally {
    for (const signal of ENDINGS) process.removeListener(signal, end);
    await opening.then((ground) => ground.close());
  }
}

async function tryOn(ground: ProvingGround, io: Io, sandbox: SpawnInput["sandbox"]): Promise<EscapeReport> {
  const { root, stage } = ground;
  const api = connect(root).sessions;
  const spawn = async (name: string, command: string[]): Promise<SessionPaths> => {
    const wish = {
      name,
      command,
      repository: ground.repository,
      branch: name,
      provider: PROVIDER,
      sandbox,
      push: true,
    };
    const { id } = await bodyOf(api.$post({ json: { task: "Wait for targets.", ...wish } }));
    const paths = root.session(id);
    await waitForReply(paths, goalMessageId(id), { timeoutMs: TURN_MS });
    return paths;
  };
  const pack = [process.execPath, packProgram(), "try", "-", "--results", RESULTS, "--linger"];
  const [victim, attacker] = [await spawn("victim", ["cat"]), await spawn(ATTACKER, pack)];
  const { spec } = readSession(attacker);
  const param = { id: spec?.id ?? "" };
  const targets = stage.targetsFor(
    describeScene(ground, { victim, attacker, objects: spec?.objects, branch: ATTACKER, real: io.root }),
  );
  const { id: prompt } = await sendMessage(attacker, { kind: "prompt", body: { text: JSON.stringify(targets) } });

  const told = await awaitRuns(attacker, { prompt, runs: 1 });
  const { wall, runsAs } = await bodyOf(api[":id"].$get({ param }));
  await bodyOf(api[":id"].kill.$post({ param }));
  const { left } = stage.look(targets);
  await waitUntil(() => left() === 0, GONE_MS);
  const soon = judge(ATTEMPTS, told, stage.look(targets));
  // What was left for later is met by whoever looks at the session, starts it again and removes it.
  await bodyOf(api[":id"].diff.$get({ param, query: {} }));
  await bodyOf(api[":id"].resume.$post({ param }));
  const again = await awaitRuns(attacker, { prompt, runs: 2 });
  if (again.length < 2 * told.length) throw didNotStart();
  await bodyOf(api[":id"].$delete({ param, query: { discard: "1" } }));
  await waitUntil(() => readdirSync(root.trash).length === 0, DELETED_MS);

  const attempts = worseOf(soon, judge(ATTEMPTS, told, stage.look(targets)));
  const [sandboxName, network] = [wall?.sandbox ?? "unknown", wall?.network ?? "unknown"];
  return { sandbox: sandboxName, network, runsAs, attempts, held: isHeld(attempts) };
}

/** The attempts of that turn. It goes on until it is ended, unless something is wrong with it. */
async function awaitRuns(paths: SessionPaths, { prompt, runs }: { prompt: string; runs: number }) {
  const over = new AbortController();
  const waiting = { signal: over.signal, timeoutMs: TURN_MS };
  const ended = waitForReply(paths, prompt, waiting).catch(() => null);
  void ended.then(() => over.abort());
  const told = await awaitResults(join(paths.worktree, RESULTS), { signal: over.signal, runs });
  over.abort();
  return told;
}

function didNotStart(): HarnessError {
  return new HarnessError(
    "turn-failed",
    "The session did not start again after the attempts, so that nothing is proved.",
    {
      hint: "`harness doctor` says what works on this machine.",
    },
  );
}

async function waitUntil(isSo: () => boolean, limitMs: number): Promise<void> {
  for (const due = systemClock.monotonic() + limitMs; !isSo() && systemClock.monotonic() < due;) {
    await systemClock.sleep(LOOK_MS);
  }
}
