import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktree } from "./clone.ts";
import { inspectSource } from "./source.ts";
import { type Lab, openLab } from "./testing/lab.ts";
import { mergeSession } from "./testing/merge-session.ts";

const configure = (lab: Lab, text: string) => appendFileSync(join(lab.path, "home/.gitconfig"), text);

test("a commit that no branch has is found whatever protocol the person has chosen", async () => {
  await using lab = openLab();
  configure(lab, "[protocol]\n\tversion = 0\n");
  await lab.session("one");
  const oid = lab.commit(lab.source, { "two.ts": "2\n" });
  lab.git(lab.source, "reset", "-q", "--hard", "HEAD~1");
  expect(await lab.session("two", { base: oid })).toMatchObject({ start: oid });
});

test("a shallow repository will do for a person who clones none", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "two.ts": "2\n" });
  const path = join(lab.path, "shallow");
  lab.git(lab.path, "clone", "-q", "--depth=1", `file://${lab.source}`, path);
  configure(lab, "[clone]\n\trejectShallow = true\n");
  const source = await inspectSource(lab.context, { path });
  await createWorktree(lab.context, { id: "one", source, branch: "work/one" });
  expect(lab.git(lab.worktree("one"), "log", "--format=%s")).toBe("change");
});

test("where bare repositories have to be named, a repository's own identity counts, and a refusal says why", async () => {
  await using lab = openLab();
  const bare = join(lab.path, "bare.git");
  lab.git(lab.path, "clone", "-q", "--bare", lab.source, bare);
  lab.git(lab.source, "config", "user.name", "Ada at Work");
  configure(lab, "[safe]\n\tbareRepository = explicit\n");
  expect((await lab.session("one")).identity.name).toBe("Ada at Work");
  await expect(inspectSource(lab.context, { path: bare })).rejects.toThrow(/bare and safe\.bareRepository/);
});

// Older ones than git 2.45 know no other form.
test("a hub keeps its refs as files, whatever form a person's new repositories have", async () => {
  await using lab = openLab();
  configure(lab, "[init]\n\tdefaultRefFormat = reftable\n");
  const { hub, start } = await lab.session("one");
  expect(readFileSync(join(hub, "packed-refs"), "utf8")).toContain(`${start} refs/heads/main\n`);
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged" });
});
