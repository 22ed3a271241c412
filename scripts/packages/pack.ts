import { join } from "node:path";
import { runCommand } from "../check/run-command.ts";

export interface Tarball {
  filename: string;
  files: { path: string }[];
}

/** Packs a workspace as `pnpm publish` would, with `catalog:` and `workspace:` replaced. */
export async function packPackage(packageDirectory: string, destination: string): Promise<Tarball> {
  const command = ["pnpm", "pack", "--json", "--pack-destination", destination];
  const { code, output } = await runCommand(command, packageDirectory);
  if (/ENOENT/.test(output)) throw new Error("pnpm is not on the PATH. Start this as `npx -y pnpm@12 check`.");
  if (code !== 0) throw new Error(`pnpm pack failed in ${packageDirectory}:\n${output}`);
  const tarball: Tarball = JSON.parse(output);
  return { ...tarball, filename: join(destination, tarball.filename.split("/").at(-1) ?? "") };
}
