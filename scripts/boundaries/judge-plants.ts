import type { Finding } from "./cruise.ts";
import type { Plant } from "./plants.ts";

/** What the rules got wrong about the plants: one sentence per mistake, none when every rule does its work. */
export function judgePlants(ruleNames: string[], plants: Plant[], findings: Finding[]): string[] {
  const found = (rule: string, path: string) => findings.some((it) => it.rule === rule && it.from === path);
  const unplanted = ruleNames.filter((name) => !plants.some(({ rule }) => rule === name));
  return [
    ...unplanted.map((name) => `The rule ${name} has no planted violation, so nobody knows whether it works.`),
    ...plants.flatMap(({ rule, path }) => {
      if (rule !== null)
        return found(rule, path) ? [] : [`The rule ${rule} does not see its planted violation ${path}.`];
      const wrong = findings.find(({ from }) => from === path);
      return wrong ? [`The rule ${wrong.rule} reports ${path}, which breaks no rule.`] : [];
    }),
  ];
}
