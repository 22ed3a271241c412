// `pnpm test`: every static check, the build, every test. Its last line counts the tests, for people and machines.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInSight } from "./check/run-command.ts";
import { closingLine } from "./test/closing-line.ts";

const scratch = await mkdtemp(join(tmpdir(), "harness-test-"));
const report = join(scratch, "report.json");
const steps: Record<string, string[]> = {
  check: ["node", "scripts/check.ts"],
  build: ["turbo", "run", "build", "--output-logs=errors-only"],
  // What is named after `pnpm test` chooses test files.
  tests: [
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
};

try {
  const codes: Record<string, number> = {};
  for (const [name, command] of Object.entries(steps)) {
    console.log(`\n${name}`);
    codes[name] = await runInSight(command);
  }
  const closing = closingLine(codes, await readFile(report, "utf8").catch(() => null));
  for (const reason of closing.reasons) console.log(reason);
  console.log(closing.line);
  process.exitCode = closing.failed === 0 ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
