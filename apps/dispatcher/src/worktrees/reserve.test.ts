import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeTurn } from "./hub.ts";
import type { WorktreeRecord } from "./record.ts";
import { reserve } from "./reserve.ts";
import { type Lab, openLab } from "./testing/lab.ts";

// Asks for all of them while somebody else has the hub's turn.
async function reserveTogether(lab: Lab, records: WorktreeRecord[], context = lab.context) {
  const turn = Promise.withResolvers<void>();
  void takeTurn(records[0]?.hub ?? "", () => turn.promise);
  const asked = records.map((record) => reserve(context, record));
  turn.resolve();
  return Promise.allSettled(asked);
}

const refsOf = (lab: Lab, hub: string) => lab.git(hub, "for-each-ref", "--format=%(refname)", "refs/harness/");

test("sessions that wait for the hub's turn are reserved by one command", async () => {
  await using lab = openLab();
  const first = await lab.session("zero");
  const programs = join(lab.path, "programs");
  const calls = join(lab.path, "calls");
  mkdirSync(programs);
  writeFileSync(join(programs, "git"), `#!/bin/sh\necho "$*" >> '${calls}'\nPATH=\${PATH#*:} exec git "$@"\n`);
  chmodSync(join(programs, "git"), 0o755);
  const environment = { ...lab.context.environment, PATH: `${programs}:${lab.context.environment["PATH"]}` };

  const records = ["one", "two", "three"].map((session) => ({ ...first, session, branch: `work/${session}` }));
  const results = await reserveTogether(lab, records, { ...lab.context, environment });
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
  for (const id of ["one", "two", "three"]) {
    expect(refsOf(lab, first.hub)).toContain(`refs/harness/base/${id}\n`);
    expect(refsOf(lab, first.hub)).toContain(`refs/harness/branch/work/${id}`);
  }
  expect(existsSync(calls) && readFileSync(calls, "utf8").trimEnd().split("\n")).toHaveLength(1);
});

test("whose name is taken, or whose commit is not there, fails alone", async () => {
  await using lab = openLab();
  const first = await lab.session("zero", { branch: "topic" });
  const records = [
    { ...first, session: "taken", branch: "topic" },
    { ...first, session: "one", branch: "work" },
    { ...first, session: "twice", branch: "work" },
    { ...first, session: "below", branch: "work/deeper" },
    { ...first, session: "lost", branch: "other", start: "1".repeat(40) },
    { ...first, session: "last", branch: "last" },
  ];
  const results = await reserveTogether(lab, records);
  expect(results.map((result) => (result.status === "rejected" ? result.reason.code : "reserved"))).toEqual([
    "branch-exists",
    "reserved",
    "branch-exists",
    "branch-exists",
    "git-failed",
    "reserved",
  ]);
  const refs = ["base/last", "base/one", "base/zero", "branch/last", "branch/topic", "branch/work"];
  expect(refsOf(lab, first.hub)).toBe(refs.map((ref) => `refs/harness/${ref}`).join("\n"));
});
