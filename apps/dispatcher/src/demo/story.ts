import { isHarnessError, type Clock, type StateRoot } from "@harness/core";
import type { Variables } from "../worktrees/git-environment.ts";
import { answerBoth, editBoth, mergeBoth, reportBoth, showMerged, showParts, startBoth } from "./chapters.ts";
import { findCast } from "./find-demo.ts";
import { keepModel } from "./model/keep-model.ts";
import type { Door, Narrator } from "./narrator.ts";
import { makeShop, shopPath } from "./repository.ts";
import type { Pace } from "./roles.ts";

export interface Story {
  readonly root: StateRoot;
  readonly environment: Variables;
  readonly clock: Clock;
  readonly narrator: Narrator;
  readonly door: Door;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/**
 * Tells the demo from its beginning. Each chapter finds out from files and from git what has happened already, so that a
 * story that broke off is told again and goes on where it was.
 */
export async function tellStory(story: Story): Promise<void> {
  const { narrator, root } = story;
  const isNew = await makeShop(story);
  const { feature, hotfix } = findCast(root);
  narrator.say(
    `A scratch repository ${isNew ? "was made" : "stands"} at ${shopPath(root)}: a small shop. Two coding agents will work on it at the
same time, and both will edit src/checkout.js: one adds gift wrapping, one mends the rounding of totals.
Both are Pi, a real coding agent that came with Harness. Only their model is played, by a script on this machine, so that
no account and no key is needed. All else is real: processes, tools, files, git.`,
  );
  if (feature || hotfix) narrator.say("The story was begun before and goes on where it was. Nothing of it was lost.");
  await narrator.pause();
  const told = new AbortController();
  // Where it cannot be started again, what its sessions say of it is told.
  const kept = keepModel(story, AbortSignal.any([story.signal, told.signal])).catch(() => {});
  try {
    for (const chapter of [startBoth, showParts, editBoth, answerBoth, reportBoth, mergeBoth, showMerged]) {
      if (story.signal.aborted) return;
      await tell(chapter, story);
      await narrator.pause();
    }
  } finally {
    told.abort();
    await kept;
  }
}

const DISPATCHERS_AT_MOST = 5;

// Somebody may kill the dispatcher to see what happens.
async function tell(chapter: (story: Story) => Promise<void>, story: Story): Promise<void> {
  for (let dispatchers = 1; ; dispatchers += 1) {
    try {
      return await chapter(story);
    } catch (error) {
      const isGone = isHarnessError(error) && error.code === "dispatcher-unreachable";
      if (!isGone || dispatchers === DISPATCHERS_AT_MOST || story.signal.aborted) throw error;
      story.narrator.say(
        "The dispatcher is gone. The sessions go on without it; another one takes over what it finds.",
      );
      await story.door.recover();
    }
  }
}
