import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { salvage } from "./salvage.ts";
import { openLab } from "./testing/lab.ts";

test.each([
  [".gitignore", diffSession, "session-damaged"],
  ["deep/.gitattributes", salvage, "salvage-failed"],
] as const)("a pipe in the place of %s is named, and nobody waits for it", async (name, verb, code) => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.write(place, { "deep/two.ts": "2\n" });
  execFileSync("mkfifo", [join(place, name)]);
  const message = expect.stringContaining(`${name} in the worktree of session one is a named pipe`);
  await expect(verb(lab.context, { id: "one" })).rejects.toMatchObject({ code, message });
});
