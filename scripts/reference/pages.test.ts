import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, copyFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../check/run-command.ts";
import { generatePages } from "./pages.ts";

test("the generated pages say what the code says", () => {
  const scratch = mkdtempSync(join(tmpdir(), "harness-pages-"));
  const pages = generatePages();
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  }
  copyFileSync(join(root, ".oxfmtrc.json"), join(scratch, ".oxfmtrc.json"));
  execFileSync(join(root, "node_modules/.bin/oxfmt"), [...pages.keys()], { cwd: scratch });
  const stale = [...pages.keys()].filter(
    (path) => readFileSync(join(scratch, path), "utf8") !== readOrNothing(join(root, path)),
  );
  rmSync(scratch, { recursive: true });
  expect(stale, "run `pnpm generate-docs`").toEqual([]);
});

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
