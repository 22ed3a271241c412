import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

// Every call that takes something away is here with the reason why nothing of a session's work is lost by it.

const TOP = join(import.meta.dirname, "../../..");
const SOURCES = ["apps/dispatcher/src", "packages/core/src", "packages/agent/src"];
const CALLS =
  /\b(rm|rmSync|rmdir|rmdirSync|unlink|unlinkSync|unlinkIfPresent|rename|renameSync|truncate|truncateSync|deleteTree|removePrefixed|moveToTrash)\(|"rm"|"-delete"|"update-ref", "-d"|"prune"|"repack"|`delete \$\{/g;
const NO_CALL = /^\s*(\/\/|\*|\/\*|import\b|(export )?(async )?function\b)/;

/** What can hold the work of a session, and how it is kept first. This list may only shrink. */
const WORK: Record<string, [calls: number, how: string]> = {
  "apps/dispatcher/src/sessions/remove.ts": [1, "keepWork first; ways-out.test.ts removes, and is killed at each step"],
  "apps/dispatcher/src/sessions/archive.ts": [1, "a rename of the whole, after keepCommits; ways-out.test.ts"],
  "apps/dispatcher/src/sessions/create.ts": [
    1,
    "keepWork first; ways-out.test.ts: a start that fails after work was done",
  ],
  "apps/dispatcher/src/sessions/staging.ts": [2, "a session that was never started: no coding agent was in it"],
  "apps/dispatcher/src/sessions/trash.ts": [
    2,
    "only what one of the above put there; ways-out.test.ts empties the trash",
  ],
  "apps/dispatcher/src/trees.ts": [1, "deletes for whoever is named here, around what is mounted; trees.test.ts"],
  "apps/dispatcher/src/worktrees/remove.ts": [1, "a rename into archive/, noted in the salvage record"],
  "apps/dispatcher/src/worktrees/clone.ts": [4, "a worktree that was not finished"],
  "apps/dispatcher/src/worktrees/reserve.ts": [1, "the pins of a worktree that is kept or gone; reserve.test.ts"],
  "apps/dispatcher/src/worktrees/tidy.ts": [
    6,
    "unfinished hubs, worktrees and mirrors, and locks of hubs; tidy.test.ts",
  ],
  "apps/dispatcher/src/salvage/drop.ts": [6, "what was kept, past its time or too much; salvage.test.ts"],
  "apps/dispatcher/src/demo/clean-demo.ts": [2, "the scratch repository of the demo and its hub, asked for by name"],
};
const WORK_CALLS = 28;

/** What is never the work of a session. */
const OWN: Record<string, [calls: number, why: string]> = {
  "apps/dispatcher/src/cli/commands/credential.ts": [1, "`credential rm`: a key, asked for by name"],
  "apps/dispatcher/src/cli/escape-pack/proving-ground.ts": [1, "a state root made for the attempts"],
  "apps/dispatcher/src/cli/install-launcher.ts": [1, "a launcher on PATH"],
  "apps/dispatcher/src/coding-agents/ask-version.ts": [1, "a home made to ask a program its version"],
  "apps/dispatcher/src/credentials/session-grants.ts": [
    5,
    "run/: grants and sockets of sessions that are gone, around any link that one left there",
  ],
  "apps/dispatcher/src/credentials/store.ts": [3, "a key, asked for by name, and logins that no key opens any more"],
  "apps/dispatcher/src/users/open-hub.ts": [1, "a pack of the hub takes the place of a link to the same"],
  "apps/dispatcher/src/credentials/tidy-worker.ts": [2, "run/: what a credential worker that was killed has left"],
  "apps/dispatcher/src/demo/repository.ts": [1, "the finished scratch repository takes its name"],
  "apps/dispatcher/src/log.ts": [2, "the dispatcher's log is rotated"],
  "apps/dispatcher/src/merges/gate/gate-checkout.ts": [1, "the checkout of a gate, which is a copy"],
  "apps/dispatcher/src/merges/store.ts": [2, "run/: merges that ended long ago"],
  "apps/dispatcher/src/pushes/answer-pushes.ts": [1, "run/: what a worker was told of a push that is over"],
  "apps/dispatcher/src/pushes/judge-push.ts": [1, "run/: a git directory of ours, made for one look"],
  "apps/dispatcher/src/radar/lookout.ts": [5, "run/: a git directory of ours, made for looking"],
  "apps/dispatcher/src/radar/merge-pairs.ts": [1, "a git directory of ours, made for one look"],
  "apps/dispatcher/src/radar/sightings.ts": [1, "run/: what the dispatcher remembers"],
  "apps/dispatcher/src/radar/uncommitted.ts": [1, "a directory of ours, made for one look"],
  "apps/dispatcher/src/router/acted.ts": [1, "marks of reports that are no longer there"],
  "apps/dispatcher/src/salvage/restore-files.ts": [1, "a git directory of ours, made for one restore"],
  "apps/dispatcher/src/sessions/revoke-token.ts": [1, "the session's API token"],
  "apps/dispatcher/src/sessions/wanted.ts": [1, "run/: what the dispatcher remembers"],
  "apps/dispatcher/src/supervisor/agent-log.ts": [1, "the agent process's log is rotated"],
  "apps/dispatcher/src/supervisor/singleton.ts": [2, "where the dispatcher says that it runs"],
  "apps/dispatcher/src/worktrees/can-snapshot.ts": [1, "one small file of ours, made for one trial"],
  "apps/dispatcher/src/worktrees/create-hub.ts": [4, "a hub that was not finished; it is a copy"],
  "apps/dispatcher/src/worktrees/fill-worktree.ts": [1, "the git directory of a worktree that nobody has yet"],
  "apps/dispatcher/src/worktrees/make-independent.ts": [
    3,
    "a pack takes its name, and the tie to the hub goes after it",
  ],
  "apps/dispatcher/src/worktrees/mirror.ts": [1, "a git directory of ours, made for one look"],
  "apps/dispatcher/src/worktrees/pin.ts": [1, "a ref of ours, made for one merge"],
  "apps/dispatcher/src/worktrees/record.ts": [1, "run/: what the dispatcher remembers"],
  "apps/dispatcher/src/worktrees/session-index.ts": [2, "run/: an index that can be made again"],
  "apps/dispatcher/src/worktrees/subvolume.ts": [1, "a worktree that was not finished, which nobody has yet"],
  "apps/dispatcher/src/worktrees/templates.ts": [2, "worktrees as they were when new, which nobody ever worked in"],
  "apps/dispatcher/src/worktrees/update-target.ts": [1, "a branch of ours, after what waited on it was merged"],
  "packages/agent/src/drivers/acp/write-files.ts": [3, "an edit that the coding agent asked for"],
  "packages/agent/src/drivers/make-own-directory.ts": [1, "a link in the place of a directory of the driver's"],
  "packages/agent/src/drivers/pi/places.ts": [3, "Pi's settings in the session's home"],
  "packages/agent/src/drivers/scripted/edit-file.ts": [1, "an edit that the script asked for"],
  "packages/agent/src/drivers/transcript.ts": [1, "old logs of turns"],
  "packages/agent/src/keep-house.ts": [2, "old temporaries and reports"],
  "packages/agent/src/model/listen.ts": [1, "the relay's socket"],
  "packages/agent/src/push/open-push-door.ts": [1, "the socket of a way to the remote before"],
  "packages/agent/src/stale-git-locks.ts": [1, "locks of a git that was killed"],
  "packages/agent/src/wall/start-outlet.ts": [1, "the socket of an outlet before"],
  "packages/core/src/conformance/agent-stage.ts": [1, "the stage of a conformance run"],
  "packages/core/src/conformance/client-stage.ts": [1, "the stage of a conformance run"],
  "packages/core/src/fs/durable.ts": [6, "temporary names of files that are written"],
  "packages/core/src/fs/json-file.ts": [2, "damaged state files set aside, the oldest of many"],
  "packages/core/src/fs/json-lines.ts": [2, "logs are rotated"],
  "packages/core/src/fs/prune-temporaries.ts": [1, "temporaries of writers that died"],
  "packages/core/src/fs/rotated-files.ts": [2, "logs are rotated"],
  "packages/core/src/mailbox/attempt.ts": [1, "a message takes its next name"],
  "packages/core/src/mailbox/claim.ts": [3, "a message takes its next name"],
  "packages/core/src/mailbox/look.ts": [1, "a message takes its next name"],
  "packages/core/src/mailbox/prune.ts": [1, "messages that were handled long ago"],
  "packages/core/src/mailbox/publish.ts": [3, "temporary names of messages that are written"],
  "packages/core/src/mailbox/read-note.ts": [2, "a note of how much of a message was read"],
  "packages/core/src/mailbox/rejected.ts": [2, "a message that cannot be handled is set aside"],
  "packages/core/src/mailbox/settle.ts": [1, "a message takes its last name"],
  "packages/core/src/sessions/create-session.ts": [2, "a directory that was not finished"],
};

function findRemovals(): Map<string, number> {
  const found = new Map<string, number>();
  for (const source of SOURCES) {
    for (const name of readdirSync(join(TOP, source), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts") || /(^|\/)testing\//.test(name)) continue;
      const lines = readFileSync(join(TOP, source, name), "utf8").split("\n");
      const calls = lines.filter((line) => !NO_CALL.test(line)).flatMap((line) => line.match(CALLS) ?? []).length;
      if (calls > 0) found.set(relative(TOP, join(TOP, source, name)), calls);
    }
  }
  return found;
}

test("everything that removes something has a reason that is written down, and nothing that is written down is gone", () => {
  const found = findRemovals();
  const known = Object.entries({ ...WORK, ...OWN }).map(([file, [calls]]): [string, number] => [file, calls]);
  // A new one? Where it can hold a session's work, use removeSession or moveToTrash. Otherwise give its reason in OWN.
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(known));
  expect(found.size).toBeGreaterThan(20);
});

test("the ways out of a session become no more", () => {
  const calls = Object.values(WORK).reduce((sum, [count]) => sum + count, 0);
  expect(calls).toBeLessThanOrEqual(WORK_CALLS);
  expect([...Object.values(WORK), ...Object.values(OWN)].every(([, why]) => why.length > 8)).toBe(true);
});
