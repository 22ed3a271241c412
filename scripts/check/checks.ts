/** One static check: a command that is quiet when all is well. */
export interface Check {
  name: string;
  command: string[];
  /** The check whose result this one reads. */
  after?: string;
}

export const checks: Check[] = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "format", command: ["oxfmt", "--check", "."] },
  // Type-aware rules and the packed packages need the declarations and files that the type check writes.
  {
    name: "lint",
    command: ["oxlint", "--type-aware", "--report-unused-disable-directives-severity=error"],
    after: "types",
  },
  { name: "boundaries", command: ["node", "scripts/check-boundaries.ts"], after: "types" },
  { name: "dead-code", command: ["knip"] },
  { name: "dead-code-shipped", command: ["knip", "--production"] },
  { name: "docs", command: ["node", "scripts/check-docs.ts"], after: "types" },
  { name: "packages", command: ["node", "scripts/check-packages.ts"], after: "types" },
];
