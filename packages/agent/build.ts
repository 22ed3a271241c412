import { rename } from "node:fs/promises";
import { build, type BuildOptions } from "esbuild";

const shared: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22.22",
  alias: { "node:crypto": "./src/small-crypto.ts" },
  // The source text stays in memory as long as the code.
  minify: true,
  // Not read by Node; it gives the names in a bug report their meaning.
  sourcemap: "external",
  logLevel: "warning",
};

/** Renamed into place, because sessions start while it is being rebuilt. */
async function bundle(name: string, options: BuildOptions): Promise<void> {
  const beside = `dist/.${name}.${process.pid}.cjs`;
  await build({ ...shared, ...options, outfile: beside });
  await rename(`${beside}.map`, `dist/${name}.cjs.map`);
  await rename(beside, `dist/${name}.cjs`);
}

// One CommonJS file with everything in it: it starts faster and stays smaller at rest than modules do.
await bundle("harness-agent", { entryPoints: ["src/main.ts"] });

// The relay is a process of its own: what it loads must not be in the agent process.
await bundle("model-relay", { entryPoints: ["src/relay/main.ts"] });
