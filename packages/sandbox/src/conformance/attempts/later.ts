import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { judgeWays, unseen, untried, type Attempt } from "../attempt.ts";
import type { Targets } from "../targets.ts";
import { placesOutside } from "./changes.ts";
import { tryTo } from "./try-to.ts";

/** What is left for later: to be run, followed or written through by whoever comes next. */
export const LATER: readonly Attempt[] = [
  {
    id: "plant-programs",
    needs: "session",
    rows: ["A15", "A43"],
    title: "leave settings of git, shells, editors and coding agents that run a program, in its worktree and home",
    expected: "nothing of it runs outside",
    attempt({ targets }) {
      const { own, trace } = targets;
      if (trace === undefined) return untried(KEPT);
      const payload = join(own.worktree, "payload.sh");
      writeFileSync(payload, `#!/bin/sh\n: > '${trace}'\n`);
      chmodSync(payload, 0o755);
      const planted = plants(targets, payload).map(([path, text]) =>
        tryTo(path, () => (mkdirSync(dirname(path), { recursive: true }), appendFileSync(path, text))),
      );
      const hook = join(own.worktree, ".git/hooks/post-checkout");
      planted.push(tryTo(hook, () => (mkdirSync(dirname(hook), { recursive: true }), symlinkSync(payload, hook))));
      const count = planted.filter(({ through }) => through).length;
      return count === 0 ? judgeWays(planted) : unseen(`${count} settings are planted`);
    },
    witness: ({ targets }) => (existsSync(targets.trace ?? "") ? "a planted program ran outside" : null),
  },
  {
    id: "plant-links",
    needs: "session",
    rows: ["A42", "A48"],
    title: "leave links to the person's home where whoever starts or removes the session goes through",
    expected: "what they lead to is as it was",
    attempt({ targets: { own, person, trace } }) {
      if (trace === undefined) return untried(KEPT);
      const places = [own.worktree, own.home].filter((place) => place !== undefined);
      const ways = places.flatMap((place) => [
        tryTo("node_modules", () => symlinkSync(person.directory, join(place, "node_modules"))),
        tryTo("oldroot", () => symlinkSync(`/oldroot${person.directory}`, join(place, "oldroot"))),
      ]);
      const left = ways.filter(({ through }) => through).length;
      return left === 0 ? judgeWays(ways) : unseen(`${left} links are left`);
    },
    witness({ targets: { person, trace } }) {
      const kept = person.files.filter((file) => file.startsWith(`${person.directory}${sep}`));
      const found = filesBelow(person.directory);
      const gone = kept.filter((file) => !found.includes(file));
      if (gone.length > 0) return `${gone.join(", ")} is gone`;
      // What other attempts could leave there is told by them.
      const known = [...kept, ...placesOutside({ person }), ...(trace === undefined ? [] : [trace])];
      const made = found.filter((file) => !known.includes(file));
      return made.length === 0 ? null : `${made.join(", ").slice(0, 200)} was made there`;
    },
  },
];

/** Whatever is no directory. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
}

const KEPT = "traps are left in a session alone that is thrown away afterwards";

function plants({ own }: Targets, payload: string): (readonly [path: string, text: string])[] {
  const home = own.home ?? own.worktree;
  const hook = JSON.stringify({ hooks: { SessionStart: [{ hooks: [{ type: "command", command: payload }] }] } });
  return [
    [
      join(own.worktree, ".git/config"),
      [
        "[core]",
        `\tfsmonitor = ${payload}`,
        `\tsshCommand = ${payload}`,
        `\tpager = ${payload}`,
        `\teditor = ${payload}`,
        "[diff]",
        `\texternal = ${payload}`,
        '[filter "planted"]',
        `\tclean = ${payload}`,
        `\tsmudge = ${payload}`,
        `\tprocess = ${payload}`,
        "",
      ].join("\n"),
    ],
    [join(own.worktree, ".gitattributes"), "* filter=planted diff=planted\n"],
    [join(own.worktree, ".envrc"), `${payload}\n`],
    [join(own.worktree, ".claude/settings.json"), hook],
    [join(own.worktree, ".npmrc"), `node-options=--require ${payload}\nscript-shell=${payload}\n`],
    [join(home, ".bashrc"), `${payload}\n`],
    [join(home, ".profile"), `${payload}\n`],
    [join(home, ".bash_env"), `${payload}\n`],
    [join(home, ".gitconfig"), `[core]\n\tfsmonitor = ${payload}\n\thooksPath = ${dirname(payload)}\n`],
    [join(home, ".config/git/config"), `[core]\n\tfsmonitor = ${payload}\n`],
    [join(home, ".npmrc"), `script-shell=${payload}\n`],
  ];
}
