import { expect, test } from "vitest";
import { judgePath } from "./risky-paths.ts";

test.each([
  ["workflow", ".github/workflows/ci.yml"],
  ["workflow", "packages/a/.GitHub/Workflows/ci.yml"],
  ["workflow", ".gitlab-ci.yml"],
  ["workflow", "Jenkinsfile"],
  ["workflow", ".github/CODEOWNERS"],
  ["hook", ".husky/pre-commit"],
  ["hook", "tools/hooks/post-checkout"],
  ["hook", ".pre-commit-config.yaml"],
  ["hook", "lint-staged.config.mjs"],
  ["script", "Makefile"],
  ["script", "src/GNUmakefile"],
  ["script", "rules.mk"],
  ["script", ".envrc"],
  ["script", ".npmrc"],
  ["script", ".yarn/releases/yarn-4.cjs"],
  ["script", "crates/a/build.rs"],
  ["script", "tests/conftest.py"],
  ["editor", ".vscode/tasks.json"],
  ["editor", ".idea/runConfigurations/a.xml"],
  ["editor", "app.code-workspace"],
  ["agent configuration", ".claude/settings.json"],
  ["agent configuration", "sub/.codex/config.toml"],
  ["agent configuration", ".mcp.json"],
  ["agent configuration", "docs/AGENTS.md"],
  ["agent configuration", "claude.md"],
  ["agent configuration", ".cursor/rules/a.mdc"],
  ["agent configuration", ".gemini/settings.json"],
  ["agent configuration", ".github/copilot-instructions.md"],
  ["git configuration", "a/b/.gitattributes"],
  ["git configuration", ".gitmodules"],
  ["git configuration", ".lfsconfig"],
  // As a file system that folds case, forms or trailing dots would open it.
  ["agent configuration", ".CLAUDE/settings.json"],
  ["agent configuration", "AGENTS.md. "],
  ["script", "ｍakefile"],
])("%s: %s", (kind, path) => {
  expect(judgePath(path)?.kind).toBe(kind);
});

test.each([
  "src/index.ts",
  "README.md",
  "docs/makefile.md",
  "src/workflows/ci.yml",
  "github/workflows/ci.yml",
  "my.claude/settings.json",
  "package.json",
  "src/agents.md.ts",
  "test/update.ts",
  ".gitignore",
])("%s is nothing special by its name", (path) => {
  expect(judgePath(path)).toBeNull();
});
