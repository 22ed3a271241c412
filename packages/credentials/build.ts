import { rename } from "node:fs/promises";
import { build } from "esbuild";

// Renamed into place, because workers start while it is being rebuilt.
const beside = `dist/.credential-worker.${process.pid}.cjs`;
await build({
  entryPoints: ["src/main.ts"],
  outfile: beside,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22.22",
  minify: true,
  logLevel: "warning",
});
await rename(beside, "dist/credential-worker.cjs");
