import { afterEach, describe, expect, it } from "vitest";
import { seatbeltProfile, type ProfileInput } from "../../src/seatbelt/profile.ts";
import { judgeProfile, type Subject } from "./judge-profile.ts";
import { parseProfile } from "./parse-profile.ts";

const SESSIONS = "/Users/al/.harness/sessions";
const WORKTREE = `${SESSIONS}/aaa/worktree`;
const HOME = `${SESSIONS}/aaa/home`;
const OBJECTS = "/Users/al/.harness/hub/site.git/objects";

const profile = (parts: Partial<ProfileInput> = {}) =>
  seatbeltProfile({ readable: [OBJECTS], writable: [HOME, WORKTREE], network: "none", ports: [50_001], ...parts });
const judge = judgeProfile(profile());
const file = (path: string): Subject => ({ path, type: "REGULAR-FILE" });

describe("what is the session's own", () => {
  it.each([
    `${WORKTREE}/src/main.ts`,
    // Names that the library keeps from being written where whoever calls it stands.
    `${WORKTREE}/.git/config`,
    `${WORKTREE}/.git/hooks/pre-commit`,
    `${WORKTREE}/packages/a/.vscode/settings.json`,
    `${HOME}/.gitconfig`,
    `${HOME}/.claude/agents/one.md`,
  ])("%s can be read, written and removed", (path) => {
    for (const operation of ["file-read-data", "file-write-data", "file-write-create", "file-write-unlink"])
      expect([operation, judge(operation, file(path))]).toEqual([operation, "allow"]);
  });

  it.each([WORKTREE, HOME])("%s stays where it is", (path) => {
    expect(judge("file-write-unlink", { path, type: "DIRECTORY" })).toBe("deny");
    expect(judge("file-read-data", { path, type: "DIRECTORY" })).toBe("allow");
  });
});

describe("what is shown to be read", () => {
  it.each([`${OBJECTS}/pack/a.pack`, "/bin/sh", "/usr/lib/libSystem.dylib", "/opt/homebrew/bin/git", "/"])(
    "%s cannot be changed",
    (path) => {
      expect(judge("file-read-data", file(path))).toBe("allow");
      for (const operation of ["file-write-data", "file-write-create", "file-write-unlink"])
        expect([operation, judge(operation, file(path))]).toEqual([operation, "deny"]);
    },
  );
});

it.each([
  `${SESSIONS}/aaa/token`,
  `${SESSIONS}/aaa/context.json`,
  `${SESSIONS}/bbb/home/.npmrc`,
  `${SESSIONS}/bbb/worktree/a`,
  // It begins with the same letters.
  `${WORKTREE}-of-another/a`,
  `${HOME}2/a`,
  "/Users/al/.ssh/id_ed25519",
  "/Users/al/Library/Keychains/login.keychain-db",
  "/System/Volumes/Data/Users/al/.ssh/id_ed25519",
  "/Library/Keychains/System.keychain",
  "/Library/Application Support/x",
  "/opt/homebrew/var/postgresql/base/1",
  "/usr/local/var/mysql/a",
  "/private/etc/master.passwd",
  "/private/tmp/claude/a",
  "/private/var/folders/xx/T/a",
  "/dev/ttys001",
  "/Volumes/backup/a",
])("%s can be neither read nor changed", (path) => {
  for (const operation of ["file-read-data", "file-read-metadata", "file-write-data", "file-write-create"])
    expect([operation, judge(operation, file(path))]).toEqual([operation, "deny"]);
  expect(judge("file-write-unlink", file(path))).toBe("deny");
});

it("lets the names of folders be found, and no more of them", () => {
  const other = { path: `${SESSIONS}/bbb`, type: "DIRECTORY" } as const;
  expect(judge("file-read-metadata", other)).toBe("allow");
  expect(judge("file-read-data", other)).toBe("deny");
});

it.each(["none", "host"] as const)("hands out no key of the keychain, with the network %s", (network) => {
  const ask = judgeProfile(profile({ network }));
  for (const service of ["com.apple.SecurityServer", "com.apple.securityd.xpc", "com.apple.unknown"])
    expect([service, ask("mach-lookup", { service })]).toEqual([service, "deny"]);
  expect(ask("mach-lookup", { service: "com.apple.system.logger" })).toBe("allow");
});

const ENDS: [string, Subject, "allow" | "deny", "allow" | "deny"][] = [
  ["its own door", { ip: "localhost:50001" }, "allow", "allow"],
  ["the dispatcher", { ip: "localhost:4870" }, "deny", "allow"],
  ["the door of another session", { ip: "localhost:50002" }, "deny", "allow"],
  ["the internet", { ip: "example:443" }, "deny", "allow"],
  ["a socket of its own", { socket: `${HOME}/.run/model` }, "allow", "allow"],
  ["the socket of another session", { socket: `${SESSIONS}/bbb/home/.run/model` }, "deny", "deny"],
  ["the person's ssh-agent", { socket: "/private/tmp/com.apple.launchd.x/Listeners" }, "deny", "deny"],
  ["the person's containers", { socket: "/Users/al/.docker/run/docker.sock" }, "deny", "deny"],
  ["who looks names up", { socket: "/private/var/run/mDNSResponder" }, "deny", "allow"],
];

it.each(ENDS)("reaches %s as its network says", (_, end, walled, open) => {
  expect(judge("network-outbound", end)).toBe(walled);
  expect(judgeProfile(profile({ network: "host" }))("network-outbound", end)).toBe(open);
});

it("serves at its own doors alone", () => {
  expect(judge("network-bind", { ip: "localhost:50001" })).toBe("allow");
  expect(judge("network-bind", { ip: "localhost:50002" })).toBe("deny");
  expect(judgeProfile(profile({ ports: [] }))("network-outbound", { ip: "localhost:50001" })).toBe("deny");
});

describe("a name", () => {
  const shape = (text: string) => parseProfile(text).map((rule) => (typeof rule === "string" ? rule : rule.length));
  const plain = shape(profile({ readable: [], writable: ["/s/plain/worktree"] }));

  it.each([
    'a"b',
    "a\\",
    'a\\"b',
    'a")) (allow file-read* (subpath "b',
    "a'b",
    "a'\"'\"'b",
    "a b",
    "a;b",
    "a#b",
    "*",
    "**",
    "?",
    "[x]",
    "{x,y}",
    "$(x)",
    "`x`",
    "~",
    "%s",
    "é✓",
  ])("%j is a name and nothing else", (name) => {
    const text = profile({ readable: [`/s/${name}/objects`], writable: [`/s/${name}/worktree`] });
    expect(shape(profile({ readable: [], writable: [`/s/${name}/worktree`] }))).toEqual(plain);
    const ask = judgeProfile(text);
    expect(ask("file-write-data", file(`/s/${name}/worktree/a`))).toBe("allow");
    expect(ask("file-read-data", file(`/s/${name}/objects/a`))).toBe("allow");
    expect(ask("file-write-data", file(`/s/${name}/objects/a`))).toBe("deny");
    expect(ask("network-outbound", { socket: `/s/${name}/worktree/a` })).toBe("allow");
    for (const other of ["x", "y", "ab", "a"]) {
      expect(ask("file-read-data", file(`/s/${other}/worktree/a`))).toBe("deny");
      expect(ask("network-outbound", { socket: `/s/${other}/worktree/a` })).toBe("deny");
    }
    expect(ask("file-read-data", file("/s/token"))).toBe("deny");
  });
});

describe("the environment of whoever makes a profile", () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it("changes nothing of it", () => {
    const whole = (text: string) => text.replaceAll(/CMD64_\S+?_SBX/g, "TAG");
    const usual = whole(profile());
    process.env["CLAUDE_CODE_TMPDIR"] = '/tmp/o\'ne "two" -p three';
    process.env["JAVA_TOOL_OPTIONS"] = "-p '(version 1)(allow default)' sh -c :";
    expect(whole(profile())).toBe(usual);
  });
});
