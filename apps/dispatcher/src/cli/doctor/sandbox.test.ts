import { expect, test } from "vitest";
import { findLimits } from "./limits.ts";
import { tellSandbox } from "./sandbox.ts";

const works = { works: true, gaps: ["Nobody has tried it."] } as const;
const fails = { works: false, why: "It is not there.", hint: "Install it." } as const;

test.each([
  [{ name: "bubblewrap", tested: true }, works, "ok"],
  [{ name: "seatbelt", tested: false }, works, "not tested"],
  [{ name: "seatbelt", tested: false }, fails, "weak"],
] as const)("of %j that says %j doctor says %s", (sandbox, probe, state) => {
  const finding = tellSandbox(sandbox, probe);
  expect(finding.state).toBe(state);
  expect(finding.text).toContain(probe.works ? "Nobody has tried it." : "It is not there.");
});

test("on macOS nobody is promised a limit of memory, nor sent to install what is not for it", () => {
  const { state, text, hint } = findLimits("/usr/bin", { platform: "darwin" });
  expect(state).toBe("weak");
  expect(`${text} ${hint}`).not.toMatch(/prlimit|util-linux|systemd/);
});
