import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isHarnessError, isId, readFileSafe, systemCode, writeJsonFile } from "@harness/core";
import { pushAskedPath, pushVerdictPath, type PushVerdict } from "@harness/credentials";
import { z } from "zod";
import type { Context } from "../context.ts";
import { workerNames } from "../credentials/session-grants.ts";
import { createSerial } from "../serial.ts";
import { escapeLine } from "../worktrees/escape.ts";
import { findWorkflows, type JudgedPush } from "./judge-push.ts";

type Parts = Pick<Context, "root" | "clock" | "environment" | "log" | "wanted">;

const LOOK_MS = 200;
const ASKED_LIMIT = 4096;
const LANES = 2;
const GONE = "nobody asks for it any more";
const PATHS_TOLD = 3;
const PATH_TOLD = 60;

const Oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const AskedSchema = z.object({ v: z.literal(1), session: z.string().refine(isId), old: Oid, new: Oid });

/** Tells the workers of remotes, as long as it is not closed, which pushes bring nothing that the remote would run. */
export function answerPushes(parts: Parts): { close(): void } {
  const { root, log } = parts;
  const serial = createSerial();
  const known = new Map<string, "judging" | "judged">();

  function look(): void {
    const open = new Set<string>();
    for (const name of workerNames(root)) {
      const { directory } = root.workerOf(name);
      for (const id of namesIn(join(directory, "pushes"))) {
        open.add(id);
        if (!known.has(id)) void judge(directory, id);
      }
      // Nobody asks any more.
      for (const id of namesIn(join(directory, "verdicts")))
        if (!open.has(id) && known.get(id) !== "judging") rmSync(pushVerdictPath(directory, id), { force: true });
    }
    for (const [id, state] of known) if (state === "judged" && !open.has(id)) known.delete(id);
  }
  async function judge(directory: string, id: string): Promise<void> {
    known.set(id, "judging");
    const path = pushVerdictPath(directory, id);
    const say = (verdict: PushVerdict) => writeJsonFile(path, verdict, { mode: 0o640 });
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await say({ v: 1, state: "looking" });
      const asked = AskedSchema.parse(
        JSON.parse(Buffer.from(await readFileSafe(pushAskedPath(directory, id), ASKED_LIMIT)).toString("utf8")),
      );
      // One look at a time for each session, and few for all: it takes a copy of its commits, also for who asks no more.
      const reason = await serial(asked.session, () =>
        serial(laneOf(id), async () => (existsSync(pushAskedPath(directory, id)) ? whyRefused(parts, asked) : GONE)),
      );
      await say(reason === null ? { v: 1, state: "allowed" } : { v: 1, state: "refused", reason });
    } catch (error) {
      log.warn("a push could not be judged", { error });
      await say({ v: 1, state: "refused", reason: "it could not be seen what it changes" }).catch(() => {});
    } finally {
      known.set(id, "judged");
    }
  }
  let troubled = false;
  const timer = setInterval(() => {
    try {
      look();
      troubled = false;
    } catch (error) {
      // A disk or a process that has run out of something. The next look may do better.
      if (!troubled) log.warn("what pushes ask cannot be read", { error });
      troubled = true;
    }
  }, LOOK_MS);
  return { close: () => clearInterval(timer) };
}

/** An id is random, so that those who ask share the lanes. */
const laneOf = (id: string) => `lane ${Number.parseInt(id.slice(0, 1), 16) % LANES}`;

async function whyRefused(parts: Parts, push: JudgedPush): Promise<string | null> {
  const { session, new: commit } = push;
  const wanted = parts.wanted.get(session)?.push;
  if (wanted === undefined) return "this session may not push";
  if (wanted.workflows === true || wanted.approved === commit) return null;
  try {
    const paths = await findWorkflows(parts, push);
    if (paths.length === 0) return null;
    const told = paths.slice(0, PATHS_TOLD).map((path) => escapeLine(path).slice(0, PATH_TOLD));
    const more = paths.length > PATHS_TOLD ? ` and ${paths.length - PATHS_TOLD} more` : "";
    parts.log.info("a push waits for a person: it changes what the remote runs", { session, commit, paths: told });
    return `it changes what the remote runs (${told.join(", ")}${more}): a person has to allow it, \`harness credential allow ${session} --push ${commit}\``;
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return `it cannot be seen whether it changes what the remote runs: ${escapeLine(error.message)}`;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => /^([0-9a-f]{24})\.json$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
