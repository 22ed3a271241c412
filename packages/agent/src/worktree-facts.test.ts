import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { beginLook, countChanged, readHead } from "./worktree-facts.ts";

function repository() {
  const directory = temporaryDirectory("harness-worktree-");
  const { path } = directory;
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", path, "-c", "user.name=T", "-c", "user.email=t@example.invalid", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  git("init", "--quiet", "-b", "main");
  writeFileSync(join(path, "file"), "one\n");
  git("add", ".");
  git("commit", "--quiet", "-m", "Begin");
  const close = () => directory[Symbol.asyncDispose]();
  return { path, git, commit: git("rev-parse", "HEAD"), [Symbol.asyncDispose]: close };
}

describe("HEAD", () => {
  it("is the commit of a loose, a packed, a nested and no branch at all", async () => {
    await using own = repository();
    expect(await readHead(own.path)).toBe(own.commit);
    own.git("pack-refs", "--all");
    expect(await readHead(own.path)).toBe(own.commit);
    own.git("checkout", "--quiet", "-b", "feature/of/mine");
    expect(await readHead(own.path)).toBe(own.commit);
    own.git("pack-refs", "--all");
    own.git("commit", "--quiet", "--allow-empty", "-m", "More");
    expect(await readHead(own.path)).toBe(own.git("rev-parse", "HEAD"));
    own.git("checkout", "--quiet", "--detach", "HEAD~1");
    expect(await readHead(own.path)).toBe(own.commit);
  });

  it("is none on a branch without a commit, and without a repository", async () => {
    await using own = repository();
    own.git("checkout", "--quiet", "--orphan", "empty");
    expect(await readHead(own.path)).toBeNull();
    rmSync(join(own.path, ".git"), { recursive: true });
    expect(await readHead(own.path)).toBeNull();
    expect(await readHead(join(own.path, "nowhere"))).toBeNull();
  });

  it.each<[string, (git: string, other: string) => void]>([
    ["a HEAD that is a link", (git, other) => (rmSync(join(git, "HEAD")), symlinkSync(other, join(git, "HEAD")))],
    ["a HEAD that is a FIFO", (git) => (rmSync(join(git, "HEAD")), execFileSync("mkfifo", [join(git, "HEAD")]))],
    ["a HEAD that is huge", (git) => truncateSync(join(git, "HEAD"), 1e12)],
    ["a HEAD that climbs", (git) => writeFileSync(join(git, "HEAD"), "ref: refs/../../other/id\n")],
    ["a HEAD that leads elsewhere", (git) => writeFileSync(join(git, "HEAD"), "ref: /etc/passwd\n")],
    ["a HEAD without meaning", (git) => writeFileSync(join(git, "HEAD"), "\0\0\n")],
    [
      "a branch that is a FIFO",
      (git) => {
        rmSync(join(git, "refs/heads/main"));
        execFileSync("mkfifo", [join(git, "refs/heads/main")]);
      },
    ],
    [
      "a branch that is a directory",
      (git) => {
        rmSync(join(git, "refs/heads/main"));
        mkdirSync(join(git, "refs/heads/main"));
      },
    ],
    [
      "a folder of branches that is a link",
      (git, other) => {
        rmSync(join(git, "refs/heads"), { recursive: true });
        symlinkSync(join(other, ".."), join(git, "refs/heads"));
      },
    ],
    [
      "packed branches that are huge",
      (git) => {
        rmSync(join(git, "refs/heads/main"));
        writeFileSync(join(git, "packed-refs"), "");
        truncateSync(join(git, "packed-refs"), 1e12);
      },
    ],
    ["a repository that is a link", (git) => (renameSync(git, `${git}-moved`), symlinkSync(`${git}-moved`, git))],
    [
      "a repository that is elsewhere",
      (git) => (renameSync(git, `${git}-moved`), writeFileSync(git, `gitdir: ${git}-moved\n`)),
    ],
  ])("is none behind %s", async (_what, tamper) => {
    await using own = repository();
    const other = join(own.path, "other", "main");
    mkdirSync(join(own.path, "other"));
    writeFileSync(other, `${own.commit}\n`);
    tamper(join(own.path, ".git"), other);
    expect(await readHead(own.path)).toBeNull();
  });
});

// However long the machine holds this process up.
const AMPLE = { entries: 1_000, ms: 600_000 };

describe("changed files", () => {
  it("are those written, made or renamed since, `.git` and links to elsewhere left out", async () => {
    await using own = repository();
    await using outside = temporaryDirectory("harness-outside-");
    mkdirSync(join(own.path, "deep/er"), { recursive: true });
    for (const name of ["kept", "deep/kept", "deep/er/old"]) writeFileSync(join(own.path, name), "");
    await tick();
    const look = await beginLook(own.path, Date.now());
    expect(await look()).toEqual({ head: own.commit, moved: false, changed: 0 });
    await tick();

    appendFileSync(join(own.path, "file"), "two\n");
    writeFileSync(join(own.path, "deep/er/new"), "");
    // Whoever sets a time back is counted all the same.
    utimesSync(join(own.path, "deep/er/new"), 1, 1);
    renameSync(join(own.path, "deep/er/old"), join(own.path, "deep/renamed"));
    writeFileSync(join(outside.path, "new"), "");
    symlinkSync(outside.path, join(own.path, "away"));
    expect(await look()).toEqual({ head: own.commit, moved: false, changed: 4 });

    own.git("add", "file");
    own.git("commit", "--quiet", "-m", "More");
    expect(await look()).toEqual({ head: own.git("rev-parse", "HEAD"), moved: true, changed: 4 });
  });

  it("are counted up to a budget, outer ones first, and what is not for us is passed over", async () => {
    await using own = repository();
    mkdirSync(join(own.path, "inner"));
    for (let n = 0; n < 50; n += 1) writeFileSync(join(own.path, `inner/${n}`), "");
    expect(countChanged(own.path, 0, AMPLE)).toEqual({ changed: 51, more: false });
    expect(countChanged(own.path, 0, { ...AMPLE, entries: 10 })).toEqual({ changed: 8, more: true });
    expect(countChanged(own.path, 0, { entries: 1000, ms: -1 })).toMatchObject({ more: true });
    chmodSync(join(own.path, "inner"), 0);
    expect(countChanged(join(own.path, "file"), 0)).toEqual({ changed: 0, more: false });
    chmodSync(join(own.path, "inner"), 0o700);
  });

  it("of a directory deeper than paths go are counted as far as those reach", async () => {
    await using own = repository();
    const name = "d".repeat(100);
    const dig = `for (let n = 0; n < 60; n++) { fs.mkdirSync("${name}"); process.chdir("${name}"); fs.writeFileSync("f", ""); }`;
    execFileSync(process.execPath, ["-e", dig], { cwd: own.path });
    const { changed, more } = countChanged(own.path, 0, AMPLE);
    expect(more).toBe(false);
    // Beyond the longest path there is no counting, and no failing either.
    expect(changed).toBeGreaterThan(30);
    expect(changed).toBeLessThan(60);
    execFileSync("rm", ["-rf", join(own.path, name)]);
  });
});

/** The disk's clock is coarser than ours: lets it pass what was written before. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
