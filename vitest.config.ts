import { inspect } from "node:util";
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
    // Vitest's own report stumbles over what is thrown and is no error, and then names neither it nor its test.
    onUnhandledError: (error) => console.error("Unhandled:", inspect(error, { depth: 5 })),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that others use too may once be slow enough to break a bound of a second. The report names what was
    // run again; what is wrong fails both times.
    retry: process.env["CI"] === undefined ? 0 : 1,
    projects: [
      project("core", "packages/core", beside),
      project("sandbox", "packages/sandbox", beside),
      project("agent", "packages/agent", beside),
      project("scripted-model", "packages/scripted-model", beside),
      project("credentials", "packages/credentials", beside),
      project("dispatcher", "apps/dispatcher", beside),
      project("web", "apps/web", beside),
      project("scripts", "scripts", ["**/*.test.ts"]),
    ],
  },
});
