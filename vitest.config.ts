import { defineConfig } from "vitest/config";

const project = (name: string, root: string, include: string[]) => ({
  extends: true as const,
  test: { name, root, include },
});
const beside = ["src/**/*.test.{ts,tsx}", "test/**/*.test.ts"];

export default defineConfig({
  test: {
    // Tests start processes and take kernel locks: each file gets a process of its own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      project("core", "packages/core", beside),
      project("agent", "packages/agent", beside),
      project("scripted-model", "packages/scripted-model", beside),
      project("dispatcher", "apps/dispatcher", beside),
      project("web", "apps/web", beside),
      project("scripts", "scripts", ["**/*.test.ts"]),
    ],
  },
});
