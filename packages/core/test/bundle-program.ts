import { join } from "node:path";
import { build } from "esbuild";

/** One of the programs beside this file, with the built package in it: a single file starts three times as fast. */
export async function bundleProgram(name: string, directory: string): Promise<string> {
  const outfile = join(directory, name);
  const entry = join(import.meta.dirname, "programs", name);
  await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile });
  return outfile;
}
