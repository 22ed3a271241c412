import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Lab, openLab } from "../../worktrees/testing/lab.ts";
import type { Finding } from "./finding.ts";
import { scanPayload } from "./scan-payload.ts";

const SLOW = { timeout: 60_000 };

async function scan(lab: Lab, change: (source: string) => void, message = "change") {
  const from = lab.git(lab.source, "rev-parse", "HEAD");
  change(lab.source);
  lab.git(lab.source, "add", "-A");
  lab.git(lab.source, "commit", "-q", "-m", message);
  const to = lab.git(lab.source, "rev-parse", "HEAD");
  return scanPayload(lab.context, { gitDirectory: join(lab.source, ".git"), from, to, tip: to });
}

const short = ({ kind, path, what }: Finding) => `${kind} | ${path ?? "commit"} | ${what}`;

test("what may later run on a person's machine is found, and nothing else", SLOW, async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "run.sh": "echo\n", ".husky/old": "echo\n", "package.json": '{"scripts":{"a":"b"}}\n' });
  const { list, more } = await scan(lab, (source) => {
    lab.write(source, {
      "src/two.ts": "2\n",
      ".github/workflows/ci.yml": "on: push\n",
      ".mcp.json": "{}\n",
      "package.json": '{"scripts":{"a":"c"}}\n',
      "tools/new.sh": "echo\n",
      "run.sh": "echo changed\n",
      "src/bidi.ts": "if (a\u202e) {}\n",
    });
    chmodSync(join(source, "tools/new.sh"), 0o755);
    symlinkSync("two.ts", join(source, "src/inside"));
    symlinkSync("../../outside", join(source, "src/outside"));
    symlinkSync("/etc/passwd", join(source, "absolute"));
    lab.git(source, "rm", "-q", ".husky/old");
    const own = ["update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/lib`];
    lab.git(source, ...own);
    lab.git(source, "config", "advice.addEmbeddedRepo", "false");
  });
  expect(more).toBe(0);
  expect(list.map(short).toSorted()).toEqual(
    [
      "agent configuration | .mcp.json | is obeyed by a coding agent that works here",
      "executable | tools/new.sh | can be run as a program",
      "hidden text | src/bidi.ts | line 1 holds a character that is not seen (U+202E)",
      "hook | .husky/old | goes, and runs when somebody uses git here",
      "script | package.json | changes scripts",
      "symlink | absolute | a link that leads out of the repository",
      "symlink | src/inside | a link to another place",
      "symlink | src/outside | a link that leads out of the repository",
      "workflow | .github/workflows/ci.yml | runs in continuous integration, with its secrets",
    ].toSorted(),
  );
});

test("a submodule is another repository", SLOW, async () => {
  await using lab = openLab();
  const from = lab.git(lab.source, "rev-parse", "HEAD");
  lab.git(lab.source, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/lib`);
  const tree = lab.git(lab.source, "write-tree");
  const to = lab.git(lab.source, "commit-tree", tree, "-p", from, "-m", "link");
  const payload = { gitDirectory: join(lab.source, ".git"), from, to, tip: to };
  expect((await scanPayload(lab.context, payload)).list.map(short)).toEqual([
    "submodule | vendor/lib | another repository, at a commit that is not looked into",
  ]);
});

test("names and the words of commits are looked at too; a commit that is there already is not", SLOW, async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "a.ts": "1\n" }, "old \u202e words");
  const { list } = await scan(lab, (source) => lab.write(source, { "na\u200bme.ts": "1\n" }), "Fix \u001b[31mall");
  expect(list.map(({ kind, path, what }) => [kind, path, what])).toEqual([
    ["hidden text", "na\u200bme.ts", "its name holds a character that is not seen (U+200B)"],
    ["hidden text", null, "its message holds a character that is not seen (U+001B)"],
  ]);
});

test(
  "what is too large to be looked into is told; a large picture is not text but is too large as well",
  SLOW,
  async () => {
    await using lab = openLab();
    const { list } = await scan(lab, (source) => {
      writeFileSync(join(source, "big.txt"), Buffer.alloc(5 * 1024 * 1024, "a\n"));
      writeFileSync(join(source, "small.bin"), Buffer.from([0, 0xe2, 0x80, 0xae]));
    });
    expect(list.map(short)).toEqual(["not read | big.txt | too large to be looked into"]);
  },
);

test("the digest follows what was found and the files that it is about", SLOW, async () => {
  await using lab = openLab();
  const first = await scan(lab, (source) => lab.write(source, { ".envrc": "a\n" }));
  const other = await scan(lab, (source) => lab.write(source, { ".envrc": "b\n" }));
  expect(first.list).toEqual(other.list);
  expect(first.digest).not.toBe(other.digest);
});

test("thousands of files are read in portions", SLOW, async () => {
  await using lab = openLab();
  const script =
    'for i in $(seq 1 3000); do echo "text $i" > "f$i.txt"; done; printf "x\\342\\200\\256\\n" > f1999.txt';
  const { list } = await scan(lab, (source) => void execFileSync("sh", ["-c", script], { cwd: source }));
  expect(list.map(({ path }) => path)).toEqual(["f1999.txt"]);
});
