import { describe, expect, it } from "vitest";
import { checkPolicy } from "./policy.ts";
import type { SandboxPolicy } from "./sandbox.ts";

const policy = (parts: Partial<SandboxPolicy>): SandboxPolicy => ({
  directory: "/s/worktree",
  environment: {},
  network: "none",
  ...parts,
});

describe("a policy is refused", () => {
  it.each<[string, Partial<SandboxPolicy>]>([
    ["that shows everything", { readOnly: ["/"] }],
    ["with a relative path", { readWrite: ["worktree"] }],
    ["with a path that goes up", { readWrite: ["/s/worktree/../other"] }],
    ["with a path that ends in a slash", { readOnly: ["/s/objects/"] }],
    ["with a NUL", { readOnly: ["/s/\0"] }],
    ["that mounts below what can be written", { readWrite: ["/s/worktree"], readOnly: ["/s/worktree/node_modules"] }],
    ["that mounts a writable leaf below another", { readWrite: ["/s", "/s/worktree"] }],
    ["whose home holds the worktree", { readWrite: ["/s/home/worktree"], home: "/s/home" }],
    ["that wants to write and not to write", { readWrite: ["/s/a"], readOnly: ["/s/a"] }],
    ["that lets the system be written", { readWrite: ["/usr/local"] }],
    ["that replaces what the sandbox makes", { readWrite: ["/proc"] }],
  ])("%s", (_, parts) => {
    const attempt = () => checkPolicy(policy(parts));
    expect(attempt).toThrow(expect.objectContaining({ code: "sandbox-policy-invalid" }));
  });
});

it("mounts what holds others before them, and nothing twice", () => {
  const { leaves } = checkPolicy(
    policy({
      readOnly: ["/usr/lib/node", "/s/b/c", "/s/b"],
      readWrite: ["/s/worktree", "/s/worktree"],
      home: "/s/home",
    }),
  );
  expect(leaves).toEqual([
    { path: "/s/b", writable: false },
    { path: "/s/home", writable: true },
    { path: "/s/worktree", writable: true },
  ]);
});

it("says what is wrong with it", () => {
  const attempt = () => checkPolicy(policy({ readWrite: ["/s", "/s/worktree"] }));
  expect(attempt).toThrow("/s/worktree lies in /s, which can be written.");
});
