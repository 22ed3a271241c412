import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import {
  createSession as createDirectory,
  HarnessError,
  isHarnessError,
  listSessionIds,
  newSessionId,
  readJsonFileSync,
  SessionSpecSchema,
  type Owner,
  type SessionSpec,
  type Wanted,
} from "@harness/core";
import type { Context } from "../context.ts";
import { createWorktree } from "../worktrees/clone.ts";
import { portVariable } from "../ports/lease-file.ts";
import { findSettings } from "../repositories/find-settings.ts";
import { giveFiles } from "../repositories/give-files.ts";
import { writeSetup } from "../repositories/write-setup.ts";
import { keepWork } from "../worktrees/remove.ts";
import { hubPath } from "../worktrees/paths.ts";
import { inspectSource } from "../worktrees/source.ts";
import { detectWall } from "../worktrees/wall.ts";
import { newSessionToken } from "./new-token.ts";
import { recordKey } from "./provider-key.ts";
import { planPush } from "./plan-push.ts";
import { planSession, type SessionPlan } from "./plan-session.ts";
import type { SessionSummary, SpawnInput } from "./schema.ts";
import { settleSandbox } from "./settle-sandbox.ts";
import { clearStaged, publishStaged, stagingRoot } from "./staging.ts";
import { refuseUnreachable } from "../users/refuse-unreachable.ts";
import { giveTree } from "../users/give-tree.ts";
import { moveToTrash } from "./trash.ts";
import { wantStopped } from "./wanted.ts";

/**
 * Makes a session and starts it. A failure leaves nothing behind: the directory, the worktree and the branch's name are
 * given back. Throws `agent-not-found`, `request-invalid`, `spawn-failed` and what git had to refuse.
 */
export async function createSession(context: Context, input: SpawnInput): Promise<SessionSummary> {
  context.supervisor.requireStorage();
  refuseTaken(context, input.name);
  if (input.repository !== undefined && !isAbsolute(input.repository)) {
    throw new HarnessError("request-invalid", "The repository is not an absolute path.");
  }
  const id = newSessionId();
  const plan = settleSandbox(planSession(context, input, id), (await detectWall()).probe);
  refuseUnreachable(context.users, plan.spec.agent);
  try {
    await build(context, plan, input);
    await context.supervisor.apply(id, async () => {
      // In one breath with the publishing: another spawn may have taken the name meanwhile.
      refuseTaken(context, input.name);
      await publishStaged(context.root, id);
    });
  } catch (error) {
    await undo(context, id, error);
    throw error;
  }
  return context.supervisor.look(id);
}

/** Builds the directory out of sight, and writes down what is wanted of it. */
async function build(context: Context, { spec, notes }: SessionPlan, input: SpawnInput): Promise<void> {
  const root = stagingRoot(context.root);
  const { id, repository, branch, base } = spec;
  const note = (all: string[], may: Pick<Wanted, "push"> = {}) =>
    context.wanted.change(id, (wanted) =>
      recordKey(context, { ...wanted, ...(all.length === 0 ? {} : { notes: all }), ...chosen(spec), ...may }),
    );
  if (repository === undefined || branch === undefined) {
    planPush(context, input, { spec, settings: null });
    await createDirectory(root.session(id), spec, newSession(spec));
    await giveToUser(root.session(id).directory, await context.users.forSession(null));
    await note(notes);
    return;
  }
  const making = { root, environment: context.environment };
  const goOn = input.continue === true;
  const source = await inspectSource(making, { path: repository, base, branch, continue: goOn });
  const found = {
    ...spec,
    repository: source.checkout ?? source.root,
    base: source.base.name,
    objects: join(hubPath(context.root, source), "objects"),
  };
  const settings = findSettings(context, source.root);
  const planned = planPush(context, input, { spec: found, settings });
  await createDirectory(root.session(id), found, newSession(spec));
  const told = [...source.notes, ...notes, ...(planned === null ? [] : [planned.note])];
  const may = planned === null ? {} : { push: planned.push };
  let owner: Owner | null = null;
  const chooseOwner = async (hub: string) => (owner = await context.users.forSession(hub));
  const wanted = { id, source, branch, continue: goOn, chooseOwner };
  await Promise.all([createWorktree(making, wanted), note(told, may)]);
  const variables = ["PORT", ...(settings?.ports ?? []).map(portVariable)];
  const [ports, given] = await Promise.all([
    context.ports.lease(id, variables),
    settings === null ? [] : giveFiles(making, { id, source, settings }),
  ]);
  await writeSetup(root, { id, repository: source.root, settings, ports });
  await giveToUser(root.session(id).directory, owner);
  if (given.length > 0) await note([...told, ...given]);
}

// Nobody is in it yet: it is published once it is whole.
async function giveToUser(directory: string, owner: Owner | null): Promise<void> {
  if (owner !== null) await giveTree(directory, owner);
}

function newSession(spec: SessionSpec) {
  return { token: newSessionToken(spec.id), plan: [], ...(spec.task === undefined ? {} : { goal: spec.task }) };
}

function chosen({ provider, labels }: SessionSpec): Pick<Wanted, "provider" | "job"> {
  const job = labels?.["job"];
  return { ...(provider === undefined ? {} : { provider }), ...(job === undefined ? {} : { job }) };
}

async function undo(context: Context, id: string, cause: unknown): Promise<void> {
  try {
    if (existsSync(context.root.session(id).directory)) await withdraw(context, id);
    await clearStaged(context, id);
  } catch (error) {
    // The failure that led here is the one to tell.
    context.log.error("a session that could not be made was not cleared away", {
      session: id,
      error,
      cause: isHarnessError(cause) ? cause.code : String(cause),
    });
  }
}

// Its agent process may have worked for a while before it failed. What cannot be saved is not removed: the session stays.
async function withdraw(context: Context, id: string): Promise<void> {
  await context.wanted.change(id, wantStopped);
  await context.supervisor.end(id, "kill");
  const salvaged = await keepWork(context, { id, reason: "withdrawn" });
  if (salvaged.length > 0)
    context.log.info("the work of a session that did not start is kept", { session: id, salvaged });
  await moveToTrash(context, context.root.session(id).directory);
  await context.supervisor.forget(id);
  context.feed.publish({ type: "salvage.changed", session: id });
}

function refuseTaken({ root }: Context, name: string | undefined): void {
  if (name === undefined) return;
  const owner = listSessionIds(root).find(
    (id) => id === name || readJsonFileSync(root.session(id).spec, SessionSpecSchema)?.name === name,
  );
  if (owner === undefined) return;
  throw new HarnessError("session-exists", `Session ${owner} is called ${name} already.`, {
    hint: "Choose another --name.",
  });
}
