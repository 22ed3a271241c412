import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool } from "@harness/core/testing";
import { expect, test } from "vitest";
import { type Lab, openLab } from "./testing/lab.ts";
import { useEverything } from "./testing/verbs.ts";

const PROGRAMS = [
  ["core", "fsmonitor"],
  ["core", "sshCommand"],
  ["core", "pager"],
  ["core", "editor"],
  ["core", "alternateRefsCommand"],
  ["core", "askPass"],
  ["diff", "external"],
  ['filter "evil"', "clean"],
  ['filter "evil"', "smudge"],
  ['filter "evil"', "process"],
  ['diff "evil"', "textconv"],
  ['diff "evil"', "command"],
  ['merge "evil"', "driver"],
  ["uploadpack", "packObjectsHook"],
  ["credential", "helper"],
  ["gpg", "program"],
  ["alias", "fetch"],
];

/** A worktree that does all it can to have a program run by whoever uses git in it. */
function poison(lab: Lab, place: string): string {
  const canary = join(lab.path, "canary");
  const program = join(lab.path, "evil.sh");
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${canary}\ncat\n`);
  chmodSync(program, 0o755);
  const hooks = join(lab.path, "hooks");
  mkdirSync(hooks);
  for (const name of [
    "post-checkout",
    "pre-commit",
    "reference-transaction",
    "post-index-change",
    "fsmonitor-watchman",
    "pre-auto-gc",
  ]) {
    symlinkSync(program, join(hooks, name));
  }
  const config = PROGRAMS.map(([section, key]) => `[${section}]\n\t${key} = ${program}\n`).join("");
  appendFileSync(
    join(place, ".git/config"),
    `${config}[core]\n\thooksPath = ${hooks}\n\tattributesFile = ${join(place, "evil-attributes")}\n`,
  );
  mkdirSync(join(place, ".git/info"), { recursive: true });
  for (const file of [".gitattributes", "evil-attributes", ".git/info/attributes"]) {
    writeFileSync(join(place, file), "* filter=evil diff=evil merge=evil -text\n");
  }
  return canary;
}

test("nothing that a session writes into its configuration and attributes runs when it is imported, shown, merged and salvaged", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  const canary = poison(lab, place);
  lab.write(place, { "shared.txt": "changed\n", "new.txt": "new\n" });
  await useEverything(lab.context);
  expect(existsSync(canary)).toBe(false);
  expect(lab.git(lab.source, "show", "main:two.ts")).toBe("2");
  // The trap works: git itself walks into it.
  spawnSync("git", ["status"], { cwd: place });
  expect(existsSync(canary)).toBe(true);
});

test("nor what a repository inside the worktree names, however often one looks", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.git(place, "init", "-q", "nested");
  lab.commit(join(place, "nested"), { "inner.txt": "i\n" });
  lab.git(place, "add", "nested");
  lab.git(place, "commit", "-q", "-m", "a repository as a file");
  const canary = poison(lab, join(place, "nested"));
  lab.write(join(place, "nested"), { "inner.txt": "changed\n" });
  await useEverything(lab.context);
  await useEverything(lab.context);
  expect(existsSync(canary)).toBe(false);
  spawnSync("git", ["status"], { cwd: join(place, "nested") });
  expect(existsSync(canary)).toBe(true);
});

const pidOf = (line: string) => line.split(" ")[0] ?? "";

test(
  "on this machine the verbs start git and nothing else, walled where it reads what a session wrote",
  { timeout: 120_000 },
  async () => {
    if (!requireTool("strace")) return;
    await using lab = openLab();
    await lab.session("one");
    const place = lab.worktree("one");
    lab.commit(place, { "two.ts": "2\n" });
    poison(lab, place);
    const log = join(lab.path, "strace.log");
    const script = join(import.meta.dirname, "testing/use-everything.ts");
    const args = [
      "-f",
      "-qq",
      "-e",
      "trace=execve",
      "-s",
      "1000",
      "-o",
      log,
      process.execPath,
      script,
      lab.context.root.path,
    ];
    execFileSync("strace", args, { env: { ...lab.context.environment, PATH: process.env["PATH"] }, stdio: "ignore" });
    const started = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("execve(") && line.endsWith(" = 0"));
    const sandbox = started.filter(
      (line) => /"[^"]*[/](?:bwrap|prlimit)", \[/.test(line) || line.includes("inside as process"),
    );
    // git starts its own other half through a shell: git-upload-pack '<path>', and nothing but that.
    // On a slow machine it is looked for what git may be waiting for.
    const known = [process.execPath, "/git", "/git-upload-pack", "/strace", "/find"].map((name) => `${name}", [`);
    const strange = started.filter(
      (line) =>
        !sandbox.includes(line) &&
        !known.some((name) => line.includes(name)) &&
        !/"\/bin\/sh", \["\/bin\/sh", "-c", "git-upload-pack '/.test(line),
    );
    expect(strange).toEqual([]);
    expect(started.length).toBeGreaterThan(20);
    if (!requireTool("bwrap")) return;
    // What is walled is started by prlimit, in the same process.
    const walls = new Set(sandbox.filter((line) => line.includes("/prlimit")).map(pidOf));
    // What git itself starts stands where git does; a git under the person's own rules works on their own checkout.
    const ours = started.filter((line) => line.includes('["git", ') && line.includes("core.attributesFile=/dev/null"));
    // A rev-list with words instead of a list is one over the hub: what is there has been checked.
    const reads = ours.filter((line) =>
      /"(?:index-pack|ls-files|update-index|write-tree)"|"rev-list", "--ignore-missing", "--stdin"|:refs.harness.(?:import|salvage)/.test(
        line,
      ),
    );
    expect(reads.filter((line) => !walls.has(pidOf(line)))).toEqual([]);
    expect(reads.length).toBeGreaterThan(10);
  },
);
