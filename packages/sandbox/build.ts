import { rename } from "node:fs/promises";
import { build } from "esbuild";

// To be read before it is run, so not minified; for whatever Node another system brings along.
const beside = `dist/.escape-pack.${process.pid}.mjs`;
await build({
  entryPoints: ["src/conformance/main.ts"],
  outfile: beside,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "warning",
});
await rename(beside, "dist/escape-pack.mjs");
