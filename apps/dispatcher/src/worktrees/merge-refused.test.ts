import { expect, test } from "vitest";
import { mergeCandidates } from "./merge.ts";
import type { How } from "./merge-record.ts";
import { readRecord } from "./record.ts";
import { importBranch } from "./testing/import-branch.ts";
import { type Lab, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 120_000 };

async function mergeTogether(lab: Lab, ids: string[], how: How) {
  const candidates = [];
  for (const id of ids)
    candidates.push({
      record: await readRecord(lab.context, id),
      imported: await importBranch(lab.context, { id }),
      how,
    });
  return mergeCandidates(lab.context, { into: "main", candidates });
}

test.each(["one", "three"])(
  "a branch that has no commit in common with the target stops no other (%s)",
  SLOW,
  async (odd) => {
    await using lab = openLab();
    for (const id of ["one", "two", "three"]) {
      await lab.session(id);
      const place = lab.worktree(id);
      if (id === odd) lab.git(place, "checkout", "-q", "--orphan", "fresh");
      lab.commit(place, { [`${id}.ts`]: `${id}\n` });
      if (id === odd) lab.git(place, "branch", "-q", "-M", `work/${id}`);
    }
    const settled = await mergeTogether(lab, ["one", "two", "three"], "merge-commit");
    // Behind others it is not decided yet: it is tried again, and then it is the first.
    const [refused] = odd === "one" ? settled : await mergeTogether(lab, [odd], "merge-commit");
    expect(refused).toMatchObject({ code: "git-failed", message: expect.stringContaining("unrelated") });
    const others = settled.filter((_, index) => ["one", "two", "three"][index] !== odd);
    expect(others).toMatchObject([{ outcome: "merged" }, { outcome: "merged" }]);
  },
);

test("a branch that cannot be rebased stops no other", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.git(place, "branch", "side");
  lab.commit(place, { "one.ts": "1\n" });
  lab.git(place, "checkout", "-q", "side");
  lab.commit(place, { "side.ts": "s\n" });
  lab.git(place, "checkout", "-q", "work/one");
  lab.git(place, "merge", "-q", "-m", "both", "side");
  await lab.session("two");
  lab.commit(lab.worktree("two"), { "two.ts": "2\n" });
  const settled = await mergeTogether(lab, ["one", "two"], "rebase");
  expect(settled).toMatchObject([{ code: "branch-has-merges" }, { outcome: "merged" }]);
});
