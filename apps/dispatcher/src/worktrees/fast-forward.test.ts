import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { moveFiles, moveFilesBack } from "./fast-forward.ts";
import { openLab } from "./testing/lab.ts";

test("files that cannot be taken back are told of, with the command that does it", async () => {
  await using lab = openLab();
  const from = lab.git(lab.source, "rev-parse", "HEAD");
  const to = lab.commit(lab.source, { "two.ts": "2\n" });
  lab.git(lab.source, "reset", "-q", "--hard", from);
  const move = { checkout: lab.source, from, to };
  expect(await moveFiles(lab.context, move)).toBeNull();
  writeFileSync(join(lab.source, ".git/index.lock"), "");
  const hint = expect.stringContaining(`\`git -C ${lab.source} reset --hard\` puts it back`);
  await expect(moveFilesBack(lab.context, move)).rejects.toMatchObject({ code: "git-failed", hint });
});
