import { HarnessError } from "@harness/core";

/** A diff since the session began has no branch that it goes into. Throws `usage-invalid`. */
export function requireTarget(against: "base" | "target" | undefined): void {
  if (against === "target") return;
  throw new HarnessError("usage-invalid", "--into goes with --against target.", { hint: "Give both, or neither." });
}
