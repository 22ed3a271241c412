import { expect, test } from "vitest";
import { summariseCheck, summariseChecks } from "./summary.ts";

const ok = { name: "types", code: 0, output: "noise", durationMs: 1234 };
const failed = { name: "lint", code: 1, output: "a.ts\n\nb.ts\n", durationMs: 40 };

test("a check that passes is one line", () => {
  expect(summariseCheck(ok)).toBe("types              ok        1.2 s");
});

test("a check that fails shows what it printed", () => {
  expect(summariseCheck(failed)).toBe("lint               FAILED    0.0 s\n  a.ts\n\n  b.ts");
  expect(summariseCheck({ ...failed, output: "" })).toContain("It printed nothing and ended with code 1.");
});

test("the summary names what failed", () => {
  expect(summariseChecks([ok, ok])).toBe("All 2 checks pass.");
  expect(summariseChecks([ok, failed])).toBe("1 of 2 checks failed: lint.");
});
