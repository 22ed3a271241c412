import { sessionPaths } from "@harness/core";
import { expect, it } from "vitest";
import { agentEnvironment } from "./agent-command.ts";

it("tells an agent process where the person's home is, which it has to hide, and nothing else of the person's", () => {
  const own = { PATH: "/bin", HOME: "/home/person", SECRET: "canary", XDG_CONFIG_HOME: "/home/person/.config" };
  const environment = agentEnvironment({ own, paths: sessionPaths("/h/sessions/a"), granted: { KEY: "worker key" } });
  expect(environment).toMatchObject({ PATH: "/bin", HOME: "/home/person", KEY: "worker key" });
  expect(Object.keys(environment).filter((name) => /SECRET|XDG|SANDBOX/.test(name))).toEqual([]);
});

it("tells it what is known of the sandbox, and never what somebody else says of it", () => {
  const facts = { own: { HARNESS_SANDBOX_FOUND: "forged" }, paths: sessionPaths("/h/sessions/a"), granted: {} };
  expect(agentEnvironment(facts)).not.toHaveProperty("HARNESS_SANDBOX_FOUND");
  expect(agentEnvironment({ ...facts, sandbox: "known" })).toHaveProperty("HARNESS_SANDBOX_FOUND", "known");
});
