import { rename } from "node:fs/promises";
import { build } from "esbuild";

// One CommonJS file with everything in it: it starts faster and stays smaller at rest than modules do.
// It is renamed into place, because sessions start while it is being rebuilt.
const target = "dist/harness-agent.cjs";
const beside = `dist/.harness-agent.${process.pid}.cjs`;

await build({
  entryPoints: ["src/main.ts"],
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
