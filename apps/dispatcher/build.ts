import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";

const options = {
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22.22",
  logLevel: "warning",
  write: false,
} as const;

// Files are renamed into place, what others import first: a dispatcher may start while this runs.
async function bundle(): Promise<void> {
  const main = await build({
    ...options,
    entryPoints: { cli: "src/cli/main.ts", dispatcher: "src/main.ts" },
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
  });
  // Alone, because chunks that are shared hold what any of their users needs.
  const ps = await build({ ...options, entryPoints: { ps: "src/cli/ps.ts" } });
  const model = await build({ ...options, entryPoints: { "demo-model": "src/demo/model/main.ts" } });
  const isChunk = (path: string) => basename(dirname(path)) === "chunks";
  const files = [...ps.outputFiles, ...model.outputFiles, ...main.outputFiles].toSorted(
    (a, b) => Number(isChunk(b.path)) - Number(isChunk(a.path)),
  );
  await mkdir("dist/chunks", { recursive: true });
  for (const { path, text } of files) {
    await writeFile(`${path}.tmp`, withRequire(text));
    await rename(`${path}.tmp`, path);
  }
  const fresh = new Set(files.map(({ path }) => basename(path)));
  const stale = (await readdir("dist/chunks")).filter((name) => !fresh.has(name));
  await Promise.all(stale.map((name) => rm(`dist/chunks/${name}`)));
}

// esbuild turns the `require` of a bundled CommonJS dependency into one shared function that looks for a global
// `require`, which an ES module does not have.
function withRequire(text: string): string {
  if (!text.includes("var __require =")) return text;
  return `import { createRequire as createRequireHere } from "node:module"; const require = createRequireHere(import.meta.url);\n${text}`;
}

// Node compiles Pi's sources for a quarter of its start. What it made of them is kept, and copied into each session. The
// cache belongs to this Node, these sources and this user: for any other it is no use and does no harm.
async function keepCompileCache(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "harness-pi-"));
  const entry = fileURLToPath(import.meta.resolve("@earendil-works/pi-coding-agent"));
  const program = join(dirname(entry), "bundle", "cli.js");
  const env = { HOME: scratch, TMPDIR: scratch, PI_OFFLINE: "1", PI_TELEMETRY: "0" };
  try {
    await execa(process.execPath, [program, "--mode", "rpc", "--no-approve"], {
      cwd: scratch,
      env,
      extendEnv: false,
      input: `${JSON.stringify({ id: "1", type: "get_state" })}\n`,
      timeout: 30_000,
    });
    await rm("dist/pi-compile-cache", { recursive: true, force: true });
    await cp(join(scratch, "node-compile-cache"), "dist/pi-compile-cache", { recursive: true });
  } catch (error) {
    console.warn(`Pi starts slower, because what Node compiles of it could not be kept: ${String(error)}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

// turbo builds the web first; somebody who rebuilds the dispatcher alone keeps the page that is there.
async function copyWeb(): Promise<void> {
  if (!existsSync("../web/out")) {
    console.log("apps/web is not built: public/ stays as it is. `pnpm build` builds both.");
    return;
  }
  const beside = `public.${process.pid}`;
  await cp("../web/out", `${beside}.new`, { recursive: true });
  if (existsSync("public")) await rename("public", `${beside}.old`);
  await rename(`${beside}.new`, "public");
  await rm(`${beside}.old`, { recursive: true, force: true });
}

await Promise.all([bundle(), keepCompileCache()]);
await copyWeb();
