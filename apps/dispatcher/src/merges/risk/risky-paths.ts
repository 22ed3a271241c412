import type { FindingKind } from "./finding.ts";

type Rule = readonly [kind: FindingKind, what: string, patterns: readonly string[]];

// `x/` is everything below a folder of that name, wherever it is; `*` stands for anything but a slash. Case does not count:
// on many file systems it names the same file. A list can only name what is known: docs/decisions/0014 says what it is for.
const RULES: readonly Rule[] = [
  [
    "workflow",
    "runs in continuous integration, with its secrets",
    [
      ".github/workflows/ .github/actions/ .github/dependabot.yml action.yml action.yaml .gitlab-ci.yml .gitlab/ci/",
      ".circleci/ .travis.yml azure-pipelines.yml azure-pipelines.yaml .azure-pipelines/ jenkinsfile *.jenkinsfile",
      ".buildkite/ .drone.yml .woodpecker.yml .woodpecker/ bitbucket-pipelines.yml appveyor.yml .appveyor.yml",
      ".forgejo/ .gitea/ .ci/ .teamcity/ cloudbuild.yaml cloudbuild.yml buildspec.yml .semaphore/ .cirrus.yml .tekton/",
    ],
  ],
  ["workflow", "says who has to review what", ["codeowners"]],
  [
    "hook",
    "runs when somebody uses git here",
    [
      ".husky/ .githooks/ .git-hooks/ .hooks/ .pre-commit-config.yaml .pre-commit-hooks.yaml lefthook.yml lefthook.yaml",
      ".lefthook.yml lefthook-local.yml .lefthook/ .lintstagedrc .lintstagedrc.* lint-staged.config.* .huskyrc",
      ".huskyrc.* .simple-git-hooks.* simple-git-hooks.* .overcommit.yml .overcommit/ .commitlintrc.js commitlint.config.*",
      "applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit",
      "pre-rebase post-checkout post-merge pre-push post-rewrite pre-receive update post-receive fsmonitor-watchman",
    ],
  ],
  [
    "script",
    "runs in a build, an installation or a shell",
    [
      "makefile gnumakefile *.mk justfile .justfile taskfile.yml taskfile.yaml rakefile *.rake jakefile gulpfile.*",
      "gruntfile.* .envrc .direnvrc mise.toml .mise.toml .mise/ .tool-versions .npmrc .yarnrc .yarnrc.yml .yarn/",
      ".pnpmfile.cjs .pnpmfile.mjs pnpmfile.js pnpm-workspace.yaml bunfig.toml binding.gyp build.rs .cargo/ setup.py",
      "setup.cfg conftest.py sitecustomize.py usercustomize.py *.pth noxfile.py tox.ini gradlew gradlew.bat",
      "gradle-wrapper.properties gradle-wrapper.jar mvnw mvnw.cmd .mvn/ .bazelrc .buckconfig vagrantfile procfile",
      ".gdbinit .lldbinit .bashrc .bash_profile .profile .zshrc .zshenv .inputrc .tmux.conf cmakepresets.json",
      "flake.nix shell.nix default.nix devbox.json",
    ],
  ],
  [
    "editor",
    "is obeyed by an editor that opens the folder",
    [
      ".vscode/ .idea/ .vs/ .zed/ .fleet/ .nova/ .devcontainer/ .devcontainer.json *.code-workspace .vimrc .nvimrc .exrc",
      ".nvim.lua .dir-locals.el .emacs .sublime-project *.sublime-project .theia/ .gitpod.yml .project .settings/",
    ],
  ],
  [
    "agent configuration",
    "is obeyed by a coding agent that works here",
    [
      ".claude/ .claude.json claude.md claude.local.md agents.md agents.override.md agent.md gemini.md qwen.md .mcp.json",
      "mcp.json .codex/ .cursor/ .cursorrules .cursorignore .gemini/ .geminiignore .windsurf/ .windsurfrules .clinerules",
      ".clinerules/ .cline/ .roo/ .roorules .roomodes .kilocode/ .aider* .continue/ .opencode/ opencode.json",
      "opencode.jsonc .goose/ .goosehints .pi/ .amp/ .kiro/ .junie/ .qwen/ .crush/ crush.json .crush.json .agents/ .agent/",
      ".rules .augment/ .augment-guidelines .trae/ .factory/ copilot-instructions.md *.instructions.md *.chatmode.md",
      "*.prompt.md .github/agents/ .github/prompts/ skill.md",
    ],
  ],
  [
    "git configuration",
    "changes what git does here",
    [".gitattributes .gitmodules .lfsconfig .gitconfig .git-blame-ignore-revs"],
  ],
];

interface Matcher {
  kind: FindingKind;
  what: string;
  matches: RegExp;
}

const MATCHERS: readonly Matcher[] = RULES.map(([kind, what, lines]) => ({
  kind,
  what,
  matches: new RegExp(
    lines
      .flatMap((line) => line.split(" "))
      .map(toPattern)
      .join("|"),
    "u",
  ),
}));

function toPattern(glob: string): string {
  const text = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return `(?:^|/)${text}${glob.endsWith("/") ? "" : "$"}`;
}

/** What the path alone says. The whole name is compared, as a file system that folds case, forms and trailing dots would. */
export function judgePath(path: string): { kind: FindingKind; what: string } | null {
  const folded = path
    .normalize("NFKC")
    .toLowerCase()
    .split("/")
    .map((part) => part.replace(/[\s.]+$/u, "") || part)
    .join("/");
  const found = MATCHERS.find(({ matches }) => matches.test(folded));
  return found === undefined ? null : { kind: found.kind, what: found.what };
}

/** Changes whenever the rules do, so that what was approved under others is looked at again. */
export const RULES_TEXT = JSON.stringify(RULES);
