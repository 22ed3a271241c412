import { describe, expect, it } from "vitest";
import { parseArguments } from "./arguments.ts";

const place = { cwd: "/sessions/x", state: undefined };

describe("arguments", () => {
  it("name a session in the current directory", () => {
    expect(parseArguments(["--session", "x", "--branch=hotfix/a"], place)).toMatchObject({
      action: "run",
      session: "x",
      directory: "/sessions/x",
      branch: "hotfix/a",
    });
  });

  it("leave everything after -- to the coding agent, options included", () => {
    const parsed = parseArguments(["--session", "x", "--", "tool", "--help", "--", "-x"], place);
    expect(parsed).toMatchObject({ action: "run", command: ["tool", "--help", "--", "-x"] });
  });

  it("give way to HARNESS_STATE for the directory", () => {
    expect(parseArguments(["--session", "x"], { cwd: "/", state: "/other/x" })).toMatchObject({
      directory: "/other/x",
    });
    expect(parseArguments(["--session", "x"], { cwd: "/a", state: "" })).toMatchObject({ directory: "/a" });
  });

  it.each([
    [["--session", "x", "--ready-fd", "two"], /--ready-fd is "two"/],
    [["--session", "x", "--ready-fd", "1"], /above 2/],
    [["--session", "x", "stray"], /stray/],
    [["--session", "a b"], /not a session id/],
    [["--branch", "b"], /--session <id> is missing/],
  ])("%j are refused", (argv, problem) => {
    expect(() => parseArguments(argv, place)).toThrow(problem);
  });
});
