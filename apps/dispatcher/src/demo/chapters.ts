import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { goalMessageId, HarnessError, readSession, sendMessage, waitForReply, type SessionPaths } from "@harness/core";
import { actors, pair, type Actor } from "./actors.ts";
import { BELONGINGS } from "./belongings.ts";
import { markLines, readIfThere, whereIs } from "./copies.ts";
import { findCast, isMerged } from "./find-demo.ts";
import { readHistory, readMerged, shopPath } from "./repository.ts";
import { ROLES, type Role } from "./roles.ts";
import { SHARED_FILE, TARGET_BRANCH } from "./shop-files.ts";
import type { Story } from "./story.ts";
import { waitFor } from "./wait-for.ts";

export async function startBoth(story: Story): Promise<void> {
  const { door, narrator, pace, root } = story;
  narrator.chapter("Two sessions start, side by side");
  for (const role of ROLES) {
    if (findCast(root)[role.role]) continue;
    const { task, branch, name } = role;
    const labels = { demo: role.role };
    const script = role.script(pace);
    await door.spawn({
      task,
      repository: shopPath(root),
      branch,
      base: TARGET_BRANCH,
      agent: "scripted",
      name,
      labels,
      script,
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
  narrator.chapter("Each asks before it commits; an answer is a file in its inbox");
  for (const { role, paths, view } of actors(story)) {
    const asked = await waitFor(
      story,
      `${role.name} asks`,
      () => openQuestion(paths) ?? (hasReported(paths, view.id) ? "done" : null),
    );
    if (asked === "done") {
      narrator.say(`${role.name} was answered already.`);
      continue;
    }
    narrator.say(`${role.name} asks: ${asked.text}`);
    const { id } = await sendMessage(paths, { kind: "answer", body: { to: asked.id, option: "yes" } });
    narrator.quote(
      `harness answer ${role.name} ${asked.id.slice(0, 8)} --option yes\n-> ${join("sessions", view.id, "inbox", `${id}.msg`)}`,
    );
    await waitFor(story, `${role.name} goes on`, () => openQuestion(paths)?.id !== asked.id);
  }
}

export async function reportBoth(story: Story): Promise<void> {
  const { narrator, signal } = story;
  narrator.chapter("Each reports in its own outbox");
  for (const { role, paths, view } of actors(story)) {
    const reply = await waitForReply(paths, goalMessageId(view.id), { signal });
    if (reply.kind !== "reply" || reply.body.stopReason !== "end_turn") throw notDone(role, String(reply.body["text"]));
    const lastLine = reply.body.text.trim().split("\n").at(-1) ?? "";
    narrator.say(`${role.name}: ${lastLine}`);
    narrator.quote(`-> ${join("sessions", view.id, "outbox", `${reply.id}.msg`)}`);
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

function openQuestion(paths: SessionPaths) {
  const { alive, status } = readSession(paths);
  return alive ? (status?.waiting[0] ?? null) : null;
}

function hasReported(paths: SessionPaths, id: string): boolean {
  return existsSync(join(paths.inbox.done, `${goalMessageId(id)}.msg`));
}

function notDone({ name }: Role, text: string): HarnessError {
  return new HarnessError("turn-failed", `${name} did not finish: ${text}`, {
    hint: `See \`harness logs ${name}\`. \`harness demo --clean\` takes the demo away, \`harness demo\` starts it anew.`,
  });
}
