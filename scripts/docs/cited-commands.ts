// What pnpm itself does; every other word after it names a script of ours.
const pnpmOwn = new Set(["install", "i", "add", "exec", "dlx", "pack", "publish", "run", "up", "why", "store"]);

export interface CitedCommand {
  program: "harness" | "pnpm";
  name: string;
}

/** The `harness <command>` and `pnpm <script>` in a shell line or a code span. */
export function citedCommands(line: string): CitedCommand[] {
  const commands = line.replace(/^\s*\$ /, "").split(/&&|\|\||[|;]/);
  return commands.flatMap((command): CitedCommand[] => {
    const words = command.trim().split(/\s+/);
    const at = words.findIndex((word) => /(^|\/)(harness|pnpm(@\d+)?)$/.test(word));
    const before = words.slice(0, at).every((word) => /^(npx|-y|sudo|\w+=.*)$/.test(word));
    const name = words[at + 1];
    if (at === -1 || !before || name === undefined || !/^[a-z][a-z:-]*$/.test(name)) return [];
    if (words[at]?.endsWith("harness")) return [{ program: "harness", name }];
    return pnpmOwn.has(name) ? [] : [{ program: "pnpm", name }];
  });
}
