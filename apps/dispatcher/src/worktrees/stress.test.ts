import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { ensureHub } from "./hub.ts";
import { salvage } from "./salvage.ts";
import { inspectSource } from "./source.ts";
import { hashTree, type Lab, openLab } from "./testing/lab.ts";
import { importBranch } from "./testing/import-branch.ts";

const SESSIONS = 10;
const SECONDS = Number(process.env["HARNESS_STRESS_SECONDS"] ?? 12);

// A coding agent that never rests: commits, stashes, rebases and collects, and notes every commit that it is done with.
const AGENT = `
set -e
n=0
while [ ! -e "$1/stop" ]; do
  n=$((n + 1))
  echo "$n" > "file-$((n % 7)).txt"
  git add -A
  git commit -q -m "change $n"
  git rev-parse HEAD >> "$2"
  echo "stashed $n" > shared.txt
  git stash -q
  if [ $((n % 5)) = 0 ]; then
    git checkout -q -b "side-$n" HEAD~2
    echo "$n" > side.txt
    git add -A
    git commit -q -m "side $n"
    git rebase -q "$3"
    git checkout -q "$3"
    git merge -q --ff-only "side-$n"
    git rev-parse HEAD >> "$2"
  fi
  if [ $((n % 7)) = 0 ]; then git gc -q --prune=now; fi
done
`;

interface Agent {
  id: string;
  child: ChildProcess;
  done: Promise<unknown>;
}

function startAgent(lab: Lab, id: string): Agent {
  const args = ["-c", AGENT, "agent", lab.path, join(lab.path, `${id}.commits`), `work/${id}`];
  const env = { ...lab.context.environment };
  const child = spawn("sh", args, { cwd: lab.worktree(id), env, stdio: "ignore" });
  return { id, child, done: once(child, "exit") };
}

/** The person throws history away and has git collect it, again and again. */
function rewrite(lab: Lab, upstream: string, round: number): void {
  lab.commit(lab.source, { "person.txt": `${round}\n` });
  lab.git(lab.source, "push", "-q", "--force", upstream, "main");
  lab.git(lab.source, "reset", "-q", "--hard", round % 2 === 0 ? "HEAD^" : "HEAD");
  lab.git(lab.source, "commit", "-q", "--amend", "-m", `rewritten ${round}`);
  lab.git(lab.source, "push", "-q", "--force", upstream, "main");
  lab.git(lab.source, "reflog", "expire", "--expire=now", "--all");
  lab.git(lab.source, "gc", "-q", "--prune=now");
}

test(
  `${SESSIONS} sessions at full speed, while the hub is fetched and the person's history is rewritten and purged: nothing is lost`,
  { timeout: (SECONDS + 240) * 1000 },
  async () => {
    await using lab = openLab();
    const upstream = join(lab.path, "upstream.git");
    lab.git(lab.path, "clone", "-q", "--bare", lab.source, upstream);
    const ids = Array.from({ length: SESSIONS }, (_, n) => `s${n}`);
    const starts = await Promise.all(ids.map((id) => lab.session(id)));
    const hub = starts[0]?.hub ?? "";
    const agents = ids.map((id) => startAgent(lab, id));

    const end = performance.now() + SECONDS * 1000;
    let rounds = 0;
    let looks = 0;
    try {
      for (; performance.now() < end; rounds++) {
        rewrite(lab, upstream, rounds);
        const before = hashTree(lab.source);
        const source = await inspectSource(lab.context, { path: lab.source });
        await ensureHub(lab.context, source, [source.base.oid]);
        const id = ids[rounds % SESSIONS] ?? "";
        const { oid } = await importBranch(lab.context, { id });
        expect(lab.git(hub, "cat-file", "-t", oid)).toBe("commit");
        await diffSession(lab.context, { id });
        looks++;
        expect(hashTree(lab.source)).toBe(before);
      }
    } finally {
      lab.write(lab.path, { stop: "" });
    }
    const exits = await Promise.all(agents.map(async ({ child, done }) => (await done, child.exitCode)));
    expect(exits).toEqual(ids.map(() => 0));
    expect(looks).toBeGreaterThan(1);

    for (const repository of [hub, lab.source, ...ids.map((id) => lab.worktree(id))])
      expect(execFileSync("git", ["fsck", "--full", "--no-dangling"], { cwd: repository, encoding: "utf8" })).toBe("");
    for (const id of ids) {
      const commits = new Set(lab.git(lab.path, "-C", lab.worktree(id), "rev-list", "HEAD").split("\n"));
      const noted = execFileSync("cat", [join(lab.path, `${id}.commits`)], { encoding: "utf8" })
        .trim()
        .split("\n");
      expect(noted.length).toBeGreaterThan(1);
      expect(noted.filter((oid) => !commits.has(oid))).toEqual([]);
      const { commit } = await salvage(lab.context, { id });
      const kept = new Set(lab.git(hub, "rev-list", commit ?? "").split("\n"));
      expect(noted.filter((oid) => !kept.has(oid))).toEqual([]);
    }
  },
);
