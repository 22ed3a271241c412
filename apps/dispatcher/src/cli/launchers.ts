import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { realpathSync } from "node:fs";
import { HarnessError } from "@harness/core";

const SYSTEM_DIRECTORY = "/usr/bin";

/** The two programs of this checkout: `harness` and `harness-agent`. */
export function launcherPaths(): string[] {
  const require = createRequire(import.meta.url);
  const launcher = (name: string, program: string) =>
    join(dirname(realpathSync(require.resolve(`${name}/package.json`))), "bin", program);
  return [launcher("@harness/dispatcher", "harness"), launcher("@harness/agent", "harness-agent")];
}

export function targetDirectory(options: { dir?: string; system?: boolean }, home: string | undefined): string {
  if (options.dir !== undefined) return resolve(options.dir);
  if (options.system) return SYSTEM_DIRECTORY;
  if (home) return join(home, ".local", "bin");
  throw new HarnessError("usage-invalid", "There is no home directory to install into.", {
    hint: "Name a directory with --dir.",
  });
}

export function isOnPath(directory: string, path: string): boolean {
  return path.split(delimiter).some((entry) => entry !== "" && resolve(entry) === directory);
}
