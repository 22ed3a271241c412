import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A git on PATH that does what the real one does, and writes down each command and each merge that it is asked for. */
export interface CountedGit {
  readonly path: string;
  /** The commands since the last call of `reset`: their arguments. */
  commands(): string[];
  /** The pairs of commits that were given to merge-tree. */
  merges(): string[];
  reset(): void;
}

export function countGit(directory: string): CountedGit {
  const bin = join(directory, "counted-git");
  const [commands, merges] = [join(directory, "commands.txt"), join(directory, "merges.txt")];
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  mkdirSync(bin);
  const script = `#!/bin/sh
echo "$*" >> '${commands}'
case " $* " in
  *" merge-tree "*" --stdin "*) tee -a '${merges}' | '${git}' "$@" ;;
  *) exec '${git}' "$@" ;;
esac
`;
  writeFileSync(join(bin, "git"), script);
  chmodSync(join(bin, "git"), 0o755);
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
  return {
    path: `${bin}:${process.env["PATH"] ?? ""}`,
    commands: () => read(commands),
    merges: () => read(merges),
    reset: () => {
      for (const path of [commands, merges]) writeFileSync(path, "");
    },
  };
}
