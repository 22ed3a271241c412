/** A file that a check must report: its content, and what the check's output has to say about it. */
interface PlantedViolation {
  check: string;
  path: string;
  source: string;
  says: string[];
}

const longFile = Array.from({ length: 251 }, (_, n) => `export const line${n} = ${n};`).join("\n");

export const plantedViolations: PlantedViolation[] = [
  {
    check: "format",
    path: "packages/agent/src/planted-format.ts",
    source: "export  const  wide=1\n",
    says: ["packages/agent/src/planted-format.ts"],
  },
  {
    check: "types",
    path: "packages/agent/src/planted-type.ts",
    source: 'export const count: number = "many";\n',
    says: ["packages/agent/src/planted-type.ts(1,14): error TS2322"],
  },
  {
    check: "types",
    path: "scripts/planted-type.test.ts",
    source: 'export const count: number = "many";\n',
    says: ["scripts/planted-type.test.ts(1,14): error TS2322"],
  },
  {
    check: "lint",
    path: "packages/agent/src/planted-lint.ts",
    source:
      'import { readFile } from "fs/promises";\nimport { wide } from "./planted-format";\n' +
      "export class Thing { read(a: string, b: string, c: string, d: string) { readFile(a + b + c + d + wide); } }\n" +
      "export default process.env.HOME as any;\n",
    says: [
      "unicorn(prefer-node-protocol)",
      "house(imports-name-the-file)",
      "house(classes-are-errors)",
      "eslint(max-params)",
      "typescript(no-floating-promises)",
      "typescript(no-explicit-any)",
      "node(no-process-env)",
      "import(no-default-export)",
    ],
  },
  {
    check: "lint",
    path: "packages/agent/src/planted.test.ts",
    source: 'import { test, vi } from "vitest";\nvi.mock("node:fs");\ntest.only("mocks", () => {});\n',
    says: ["vitest(no-restricted-vi-methods)", "vitest(no-focused-tests)"],
  },
  {
    check: "lint",
    path: "packages/agent/src/planted-utils.ts",
    source: `${longFile}\n`,
    says: ["house(files-say-what-they-hold)", "eslint(max-lines)"],
  },
  {
    check: "lint",
    path: "packages/agent/src/plantedName.ts",
    source: "export const name = 1;\n",
    says: ["unicorn(filename-case)"],
  },
  {
    check: "lint",
    path: "packages/agent/src/drivers/planted/mailbox.ts",
    source: 'import { openInbox } from "@harness/core";\nexport const open = openInbox;\n',
    says: ["eslint(no-restricted-imports)"],
  },
  {
    check: "boundaries",
    path: "packages/core/src/planted-network.ts",
    source: 'import { request } from "node:http";\nexport const send = request;\n',
    says: ["core-has-no-network: packages/core/src/planted-network.ts"],
  },
  {
    check: "dead-code",
    path: "apps/dispatcher/src/planted-dead.ts",
    source: "export const unused = 1;\n",
    says: ["apps/dispatcher/src/planted-dead.ts"],
  },
  {
    check: "dead-code-shipped",
    path: "packages/core/src/planted-for-tests.ts",
    source: "export const onlyTested = 1;\n",
    says: ["packages/core/src/planted-for-tests.ts"],
  },
  {
    check: "docs",
    path: "docs/planted.md",
    source: "`packages/core/src/gone.ts`, [gone](gone.md), `harness fly`, `pnpm fly`\n",
    says: [
      "docs/planted.md:1: `packages/core/src/gone.ts` does not exist.",
      "docs/planted.md:1: the link gone.md leads nowhere.",
      'docs/planted.md:1: harness has no "fly".',
      'docs/planted.md:1: pnpm has no "fly".',
    ],
  },
];
