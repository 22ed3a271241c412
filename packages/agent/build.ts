import { rename } from "node:fs/promises";
import { build } from "esbuild";

// One CommonJS file with everything in it: it starts faster and stays smaller at rest than modules do.
await bundle("src/main.ts", "harness-agent");
await bundle("src/relay/main.ts", "model-relay");

/** It is renamed into place, because sessions start while it is being rebuilt. */
async function bundle(entryPoint: string, name: string): Promise<void> {
  const target = `dist/${name}.cjs`;
  const beside = `dist/.${name}.${process.pid}.cjs`;
  await build({
    entryPoints: [entryPoint],
    outfile: beside,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22.22",
    alias: { "node:crypto": "./src/small-crypto.ts" },
    // The source text stays in memory for life.
    minify: true,
    // Not read by Node; it gives the names in a bug report their meaning.
    sourcemap: "external",
    logLevel: "warning",
  });
  await rename(`${beside}.map`, `${target}.map`);
  await rename(beside, target);
}
