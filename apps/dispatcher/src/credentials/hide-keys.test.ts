import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { gitEnvironment } from "../worktrees/git-environment.ts";
import { dropKeys, hideKeys } from "./hide-keys.ts";
import { hasKey } from "./needs-worker.ts";
import { stateRoot } from "@harness/core";

const { providers } = parseConfig(
  "providers: { cloud: { wire: anthropic, baseUrl: 'http://127.0.0.1:1', model: m, keyEnv: CLOUD_KEY } }",
);
const given = { PATH: "/bin", CLOUD_KEY: "sk-cloud", ANTHROPIC_API_KEY: "sk-anthropic", OTHER: "o" };

test("a key is found by its name, and is in nothing that git or any other program is started with", () => {
  const environment = hideKeys(given, providers);
  expect(hasKey({ root: stateRoot("/nonexistent"), environment }, "cloud", { keyEnv: "CLOUD_KEY" })).toBe(true);
  expect([environment["CLOUD_KEY"], environment["ANTHROPIC_API_KEY"]]).toEqual(["sk-cloud", "sk-anthropic"]);
  expect({ ...environment }).toEqual({ PATH: "/bin", OTHER: "o" });
  expect(gitEnvironment(environment, "person")).toMatchObject({ OTHER: "o" });
  expect(JSON.stringify([gitEnvironment(environment, "person"), gitEnvironment(environment, "strict")])).not.toMatch(
    /sk-/,
  );
  // Whoever gave them still has them.
  expect(given.CLOUD_KEY).toBe("sk-cloud");
});

test("a process that drops its keys hands none on", () => {
  const own = { ...given };
  dropKeys(own, providers);
  expect(own).toEqual({ PATH: "/bin", OTHER: "o" });
});
