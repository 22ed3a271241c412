import { copyFile, rename } from "node:fs/promises";
import { build, type BuildOptions } from "esbuild";

async function bundle(entry: string, options: BuildOptions, out: string): Promise<void> {
  const beside = `${out}.${process.pid}.tmp`;
  await build({ entryPoints: [entry], outfile: beside, bundle: true, platform: "node", format: "esm", ...options });
  await rename(beside, out);
}

// To be read before it is run, so not minified; for whatever Node another system brings along.
await bundle("src/conformance/main.ts", { target: "node20", logLevel: "warning" }, "dist/escape-pack.mjs");

// With what it takes of the package, which is too much for whoever needs one file of it.
await bundle("src/seatbelt/profile.ts", { target: "node22.22", logLevel: "warning" }, "dist/seatbelt/profile.js");
await copyFile("node_modules/@anthropic-ai/sandbox-runtime/LICENSE", "dist/seatbelt/sandbox-runtime.LICENSE");
