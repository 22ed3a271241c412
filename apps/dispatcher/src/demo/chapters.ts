import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { goalMessageId, HarnessError, sendMessage, waitForReply, type SessionPaths } from "@harness/core";
import { actors, gone, pair, type Actor } from "./actors.ts";
import { BELONGINGS } from "./belongings.ts";
import { markLines, readIfThere, whereIs } from "./copies.ts";
import { findCast, isMerged } from "./find-demo.ts";
import { ensureModel } from "./model/ensure-model.ts";
import { readHistory, readMerged, shopPath } from "./repository.ts";
import { ROLES, type Role } from "./roles.ts";
import { SHARED_FILE, TARGET_BRANCH } from "./shop-files.ts";
import type { Story } from "./story.ts";
import { detectWall } from "../worktrees/wall.ts";
import { waitFor } from "./wait-for.ts";

export async function startBoth(story: Story): Promise<void> {
  const { door, narrator, root } = story;
  narrator.chapter("Two sessions start, side by side");
  await ensureModel(story);
  const { sandbox, probe } = await detectWall();
  const isWalled = probe.works && sandbox.tested;
  if (!isWalled) {
    const why = probe.works ? `${sandbox.name} has not been tested.` : probe.why;
    narrator.say(`No sandbox is known to work here, so this demo asks for none: ${why}`);
  }
  for (const { role, task, branch, name, provider } of ROLES) {
    if (findCast(root)[role]) continue;
    const labels = { demo: role };
    await door.spawn({
      task,
      repository: shopPath(root),
      branch,
      base: TARGET_BRANCH,
      agent: "pi",
      provider,
      name,
      labels,
      ...(isWalled ? {} : { sandbox: "none" as const }),
    });
  }
  const rows = actors(story).map(({ role, view }) => [view.id, role.name, role.branch, role.task]);
  narrator.table([["SESSION", "NAME", "BRANCH", "TASK"], ...rows]);
}

export async function showParts(story: Story): Promise<void> {
  const { narrator, root } = story;
  narrator.chapter("What each has of its own");
  await waitFor(story, "both have a process", () => actors(story).every(({ view }) => view.status !== null));
  const [left, right] = pair(story);
  const rows = BELONGINGS.map(([name, read]) => [name, read(left, root.path), read(right, root.path)]);
  narrator.table([[`in ${root.path}`, left.role.name, right.role.name], ...rows]);
  const shared = rows.filter(([, a, b]) => a === b).map(([name]) => name);
  narrator.say(
    shared.length === 0 ? "No row is the same twice: they share nothing." : `The same twice: ${shared.join(", ")}.`,
  );
}

export async function editBoth(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter(`Both edit ${SHARED_FILE}, and neither sees the other`);
  const isEdited = ({ role, paths }: Actor) => readIfThere(join(paths.worktree, SHARED_FILE)).includes(role.mark);
  await waitFor(story, "both have edited the file", () => actors(story).every(isEdited));
  const copies = actors(story).map(({ role, paths }) => ({ name: role.name, path: join(paths.worktree, SHARED_FILE) }));
  const places = [...copies, { name: "the repository", path: join(shopPath(story.root), SHARED_FILE) }];
  narrator.say("Read from the disk, copy by copy:");
  narrator.table([
    ["", ...places.map(({ name }) => name)],
    ["inode", ...places.map(({ path }) => String(statSync(path).ino))],
    ...ROLES.map(({ mark }) => [`contains ${mark}`, ...places.map(({ path }) => whereIs(mark, readIfThere(path)))]),
  ]);
}

export async function answerBoth(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter("Each shows its work in its own outbox; the answer is a file in its own inbox");
  for (const { role, paths, view } of actors(story)) {
    const shown = await awaitReply(story, role, goalMessageId(view.id));
    narrator.say(`${role.name}: ${lastLine(shown.text)}`);
    narrator.quote(`-> ${join("sessions", view.id, "outbox", `${shown.id}.msg`)}`);
    if (await isTold(paths)) {
      narrator.say(`${role.name} was told to go on already.`);
      continue;
    }
    await sendMessage(paths, { id: GO_AHEAD, kind: "prompt", body: { text: role.goAhead } });
    narrator.quote(
      `harness send ${role.name} "${role.goAhead}"\n-> ${join("sessions", view.id, "inbox", `${GO_AHEAD}.msg`)}`,
    );
  }
}

export async function reportBoth(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter("Each goes on in the same conversation, and commits on its own branch");
  for (const { role, view } of actors(story)) {
    const done = await awaitReply(story, role, GO_AHEAD);
    narrator.say(`${role.name}: ${lastLine(done.text)}`);
    narrator.quote(`-> ${join("sessions", view.id, "outbox", `${done.id}.msg`)}`);
  }
}

export async function mergeBoth(story: Story): Promise<void> {
  const { door, narrator } = story;
  narrator.chapter(`The dispatcher merges both into ${TARGET_BRANCH}`);
  // The urgent one first, as a person would.
  for (const { role, view } of actors(story).toReversed()) {
    const wasMerged = isMerged(await readMerged(story), role);
    const { commit } = wasMerged ? { commit: "" } : await door.merge(view.id);
    narrator.say(
      wasMerged
        ? `${role.branch} is in ${TARGET_BRANCH} already.`
        : `${role.branch} -> ${TARGET_BRANCH}, at ${commit.slice(0, 10)}`,
    );
  }
}

export async function showMerged(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter(`${SHARED_FILE} on ${TARGET_BRANCH} has both`);
  narrator.quote(markLines(await readMerged(story)));
  narrator.say("The history:");
  narrator.quote((await readHistory(story)).join("\n"));
}

// One id for one message: told again after a crash, the story does not send it twice.
const GO_AHEAD = "demo-go-ahead";

async function isTold({ inbox }: SessionPaths): Promise<boolean> {
  const names = await Promise.all([inbox.path, inbox.claimed, inbox.done].map((path) => readdir(path)));
  return names.flat().some((name) => name.startsWith(`${GO_AHEAD}.`));
}

async function awaitReply(story: Story, role: Role, message: string): Promise<{ id: string; text: string }> {
  const actor = actors(story).find((one) => one.role === role);
  if (!actor) throw gone();
  const reply = await waitForReply(actor.paths, message, { signal: story.signal });
  const text = String(reply.body["text"]);
  if (reply.kind !== "reply" || reply.body.stopReason !== "end_turn") throw notDone(role, text);
  return { id: reply.id, text };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

function notDone({ name }: Role, text: string): HarnessError {
  return new HarnessError("turn-failed", `${name} did not finish: ${text}`, {
    hint: `See \`harness logs ${name}\`. \`harness demo --clean\` takes the demo away, \`harness demo\` starts it anew.`,
  });
}
