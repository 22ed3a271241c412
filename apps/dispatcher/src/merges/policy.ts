import { createHash } from "node:crypto";
import type { RepositorySettings } from "../repositories/settings.ts";
import { RULES_TEXT } from "./risk/risky-paths.ts";

/** Raised with every change of what else is looked for. */
const RULES_VERSION = 1;

/** Stands for the rules under which a merge is made: what is looked for in it, and the gate. Another one asks for another look. */
export function policyOf(settings: RepositorySettings | null): string {
  const { gate = null, gateTimeoutMs, gateNetwork, gateTools } = settings ?? {};
  const rules = gate === null ? null : [gate, gateTimeoutMs, gateNetwork, gateTools];
  const facts = JSON.stringify([RULES_VERSION, RULES_TEXT, rules]);
  return createHash("sha256").update(facts).digest("hex").slice(0, 16);
}
