import { sessionPaths } from "@harness/core";
import { expect, it } from "vitest";
import { agentEnvironment } from "./agent-command.ts";

it("tells an agent process where the person's home is, which it has to hide, and nothing else of the person's", () => {
  const own = { PATH: "/bin", HOME: "/home/person", SECRET: "canary", XDG_CONFIG_HOME: "/home/person/.config" };
  const environment = agentEnvironment({ own, paths: sessionPaths("/h/sessions/a"), granted: { KEY: "worker key" } });
  expect(environment).toMatchObject({ PATH: "/bin", HOME: "/home/person", KEY: "worker key" });
  expect(Object.keys(environment).filter((name) => /SECRET|XDG/.test(name))).toEqual([]);
});
