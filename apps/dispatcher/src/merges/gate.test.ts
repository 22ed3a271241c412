import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { namespaceFlags, requireTool } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { mergeLine } from "../cli/merge-lines.ts";
import { ask, runDispatcher, spawnDispatcher } from "../supervisor/testing/dispatchers.ts";
import type { MergeItem } from "./item.ts";
import { gateLogPath } from "./store.ts";
import { mergeAll, openQueueLab, type QueueLab } from "./testing/queue-lab.ts";

const SLOW = { timeout: 240_000 };

const gateRuns = (lab: QueueLab) =>
  readdirSync(lab.context.root.run.gates).filter((name) => name.endsWith(".log")).length;

test("one bad session of ten: nine come in with a few runs of the gate, and the bad one is named", SLOW, async () => {
  await using lab = openQueueLab({ gate: "! grep -rl BROKEN --include=*.ts . || exit 1" });
  await using dispatcher = await lab.dispatcher();
  const ids = Array.from({ length: 10 }, (_, index) => `s${index}`);
  for (const id of ids) await lab.work(id, { [`${id}.ts`]: id === "s6" ? "BROKEN\n" : "fine\n" });
  const before = lab.git(lab.source, "rev-parse", "main");
  const items = await mergeAll(dispatcher, { sessions: ids });
  expect(items.map(({ session, outcome }) => [session, outcome])).toEqual(
    ids.map((id) => [id, id === "s6" ? "gate failed" : "merged"]),
  );
  const bad = items[6];
  expect(bad?.error).toMatchObject({
    code: "gate-failed",
    message: expect.stringMatching(/red with session s6, and green without it \(exit code 1\).*\n\.\/s6\.ts$/s),
  });
  // One for all ten, three or four to find it, one for those behind it.
  expect(gateRuns(lab)).toBeLessThanOrEqual(6);
  expect(lab.git(lab.source, "rev-list", "--merges", "--count", `${before}..main`)).toBe("9");
  expect(lab.git(lab.source, "ls-tree", "--name-only", "main").split("\n")).not.toContain("s6.ts");
  expect(readFileSync(gateLogPath(lab.context.root, bad?.gate?.id ?? ""), "utf8")).toContain("./s6.ts");
});

test("who is first is not blamed for a target that is red without it", SLOW, async () => {
  await using lab = openQueueLab({ gate: "test ! -e broken.txt" });
  await using dispatcher = await lab.dispatcher();
  lab.commit(lab.source, { "broken.txt": "by the person\n" });
  await lab.work("one", { "1.ts": "1\n" });
  const [one] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(one?.error?.message).toMatch(/red, with session one and without it/);
  // The session that mends it comes in.
  lab.git(lab.worktree("one"), "rm", "-q", "broken.txt");
  lab.commit(lab.worktree("one"), { "2.ts": "2\n" }, "mend");
  expect((await mergeAll(dispatcher, { sessions: ["one"] }))[0]?.outcome).toBe("merged");
});

test("a gate runs on the files of the merge alone, in a home and an environment of its own", SLOW, async () => {
  const report =
    'env | sort; git log --format=%s -1; git status --porcelain; pwd; find . -name "*.ts" | sort; echo $PPID';
  await using lab = openQueueLab({ gate: report });
  await using dispatcher = await lab.dispatcher();
  lab.write(lab.source, { "loose.ts": "of the person, not committed\n" });
  await lab.work("one", { "1.ts": "1\n" });
  lab.write(lab.worktree("one"), { "loose-too.ts": "of the session, not committed\n" });
  lab.git(lab.worktree("one"), "config", "core.fsmonitor", "touch /tmp/never");
  const [one] = await mergeAll(dispatcher, { sessions: ["one"] });
  const printed = readFileSync(gateLogPath(lab.context.root, one?.gate?.id ?? ""), "utf8");
  expect(one?.outcome).toBe("merged");
  expect(printed).toMatch(/^Merge work\/one$/m);
  expect(printed).toMatch(/^\.\/1\.ts$/m);
  expect(printed).not.toMatch(/loose/);
  const names = [...printed.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name ?? "");
  const own = ["CI", "HARNESS_GATE", "HOME", "LANG", "PATH", "TMPDIR"];
  const ofShells = ["OLDPWD", "PWD", "SHLVL", "_"];
  expect(new Set(names.filter((name) => !ofShells.includes(name)))).toEqual(new Set(own));
  expect(statSync(lab.context.root.run.gates).mode & 0o777).toBe(0o700);
});

test("behind the sandbox a gate finds neither the person, nor the sessions, nor a network", SLOW, async () => {
  if (!requireTool("bwrap")) return;
  const look =
    'cat "$0/home/.gitconfig" "$0/state/run/token" "$0/state/sessions/one/token"; ls "$0/state"; cat /proc/net/dev';
  await using lab = openQueueLab();
  const { repositories } = parseConfig(
    JSON.stringify({ repositories: { [lab.source]: { gate: ["sh", "-c", look, lab.path] } } }),
  );
  const config = { ...lab.config, repositories };
  await using dispatcher = await runDispatcher(lab.context.root, { config, environment: lab.context.environment });
  await lab.work("one", { "1.ts": "1\n" });
  const [one] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(one?.gate).toMatchObject({ sandbox: "bubblewrap", passed: true });
  const printed = readFileSync(gateLogPath(lab.context.root, one?.gate?.id ?? ""), "utf8");
  expect(printed.match(/No such file or directory/g)).toHaveLength(3);
  expect(printed).toMatch(/^hub$/m);
  expect(printed).not.toMatch(/Ada Person|^sessions$|eth0/m);
});

test("without a wall that works no gate runs, unless none was asked for; then the merge says so", SLOW, async () => {
  if (!requireTool("mount")) return;
  await using lab = openQueueLab({ gate: "true", sandbox: "auto" });
  await using none = openQueueLab({ gate: "true", sandbox: "none" });
  const end = async ({ work, context: { root }, config }: QueueLab) => {
    await work("one", { "1.ts": "1\n" });
    // A machine without bubblewrap: what is there is no program.
    const hide =
      "for each in /usr/bin /bin /usr/local/bin; do test ! -e $each/bwrap || mount --bind /dev/null $each/bwrap; done";
    const wrap = ["unshare", ...namespaceFlags(), "sh", "-c", `${hide}; exec "$@"`, "sh"];
    await using dispatcher = await spawnDispatcher({ home: root.path, config }, wrap);
    const [item] = await ask<MergeItem[]>(dispatcher, "/api/merges", { sessions: ["one"] });
    return await ask<MergeItem>(dispatcher, `/api/merges/${item?.id}?waitMs=20000`);
  };
  expect(await end(lab)).toMatchObject({
    outcome: "refused",
    gate: null,
    error: {
      code: "gate-unavailable",
      message: expect.stringMatching(/No sandbox works on this machine.*bubblewrap is not installed\.$/),
      hint: expect.stringContaining("defaults: { sandbox: none }"),
    },
  });
  expect(lab.git(lab.source, "ls-tree", "--name-only", "main").split("\n")).not.toContain("1.ts");
  const unwalled = await end(none);
  expect(unwalled).toMatchObject({ outcome: "merged", gate: { passed: true, sandbox: "none" } });
  expect(mergeLine(unwalled)).toMatch(/is merged into main .* Its gate ran without a sandbox\.$/);
});

test("a gate that takes too long is ended with all that it started, and its log stays bounded", SLOW, async () => {
  const gate = "setsid sleep 300 & yes no line is the last | head -c 20000000; sleep 300";
  await using lab = openQueueLab({ gate, gateTimeoutMs: 3000 });
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "1.ts": "1\n" });
  const [one] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(one?.error?.message).toContain("ended after 3 s");
  const { id = "" } = one?.gate ?? {};
  expect(statSync(gateLogPath(lab.context.root, id)).size).toBeLessThan(5 * 1024 * 1024);
  const marked = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && environOf(name).includes(`HARNESS_GATE=${id}`),
  );
  expect(marked).toEqual([]);
});

test("a gate that cannot be started blames nobody", SLOW, async () => {
  await using lab = openQueueLab({ gate: ["no-such-program", "--all"] });
  await using dispatcher = await lab.dispatcher();
  await lab.work("one", { "1.ts": "1\n" });
  const [one] = await mergeAll(dispatcher, { sessions: ["one"] });
  expect(one).toMatchObject({ outcome: "refused", error: { code: "gate-unavailable" } });
  expect(readdirSync(lab.context.root.run.gates).filter((name) => !name.endsWith(".log"))).toEqual([]);
});

function environOf(pid: string): string {
  try {
    return readFileSync(join("/proc", pid, "environ"), "utf8");
  } catch {
    return "";
  }
}
