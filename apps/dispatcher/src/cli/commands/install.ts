import { HarnessError } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { installLauncher, type Installed } from "../install-launcher.ts";
import { isOnPath, launcherPaths, targetDirectory } from "../launchers.ts";

export const declareInstall: DeclareCommand = (command, { terminal, home, path }) => {
  command
    .option("--dir <directory>", "where the links go (default ~/.local/bin)")
    .option("--system", "into /usr/bin, where a client with an empty environment finds them")
    .option("--force", "replace a file that is there and is not ours")
    .option("--json", "print {directory, onPath, installed: [{name, path, target, outcome}]}")
    .addHelpText("after", "\nExample:\n  harness install\n  sudo harness install --system")
    .action((options: { dir?: string; system?: boolean; force?: boolean; json?: boolean }) => {
      if (options.dir !== undefined && options.system) {
        throw new HarnessError("usage-invalid", "--dir and --system name two places.", { hint: "Use one of them." });
      }
      const directory = targetDirectory(options, home);
      const installed = launcherPaths().map((target) => installLauncher(target, directory, options.force === true));
      const onPath = isOnPath(directory, path);
      if (options.json) return terminal.json({ directory, onPath, installed });
      for (const entry of installed) terminal.line(sentence(entry));
      if (!onPath) {
        terminal.note(
          `${directory} is not on PATH. Add this line to your shell's profile:\n  export PATH="${directory}:$PATH"`,
        );
      }
    });
};

function sentence({ name, path, target, outcome }: Installed): string {
  if (outcome === "kept") return `${name}: ${path} is in place already.`;
  return `${name}: ${path} -> ${target}`;
}
