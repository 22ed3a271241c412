import { createRequire } from "node:module";
import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

const config: { forbidden: IForbiddenRuleType[]; options: Record<string, unknown> } = createRequire(import.meta.url)(
  "../../.dependency-cruiser.cjs",
);
const { enhancedResolveOptions, ...options } = config.options;

export const ruleNames = config.forbidden.map((rule) => String(rule.name));

export interface Finding {
  rule: string;
  from: string;
  to: string;
}

/** Reads every source below `directory` and reports what breaks a rule. */
export async function findViolations(directory: string): Promise<{ findings: Finding[]; moduleCount: number }> {
  const { output } = await cruise(
    ["packages", "apps"],
    { ...options, baseDir: directory, validate: true, ruleSet: { forbidden: config.forbidden } },
    enhancedResolveOptions ?? {},
  );
  const { summary, modules } = output as ICruiseResult;
  const findings = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  return { findings, moduleCount: modules.filter(({ source }) => /^(packages|apps)\/.*[.]tsx?$/.test(source)).length };
}
