import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checks } from "./check/checks.ts";
import { plantedViolations } from "./check/planted-violations.ts";

const root = join(import.meta.dirname, "..");
const copy = mkdtempSync(join(tmpdir(), "harness-check-"));
const built = new Set([".git", ".pnpm", ".cache", ".turbo", ".next", "dist", "out", "public"]);
const sections = new Map<string, string>();

// The installed packages are links below node_modules/.pnpm: with that one folder shared, the copy is complete.
function copyCheckout(): void {
  const filter = (path: string) => !built.has(basename(path)) || relative(root, path).includes("/src/");
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true, filter });
  symlinkSync(join(root, "node_modules/.pnpm"), join(copy, "node_modules/.pnpm"));
}

function plant(path: string, source: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), source);
}

function plantGoneExport(): void {
  const manifest = JSON.parse(readFileSync(join(copy, "packages/core/package.json"), "utf8"));
  manifest.exports["./gone"] = "./dist/gone.js";
  writeFileSync(join(copy, "packages/core/package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

beforeAll(async () => {
  copyCheckout();
  for (const { path, source } of plantedViolations) plant(path, source);
  plant(
    "packages/core/src/planted-for-tests.test.ts",
    'import { onlyTested } from "./planted-for-tests.ts";\nexport const used = onlyTested;\n',
  );
  plantGoneExport();

  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, ["scripts/check.ts"], { cwd: copy, maxBuffer: 2 ** 26 }, (_error, stdout) =>
    resolve(stdout),
  );
  for (const section of (await promise).split(/^(?=\S)/m)) sections.set(section.split(" ", 1)[0] ?? "", section);
}, 300_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.for(checks)("the check $name turns red", ({ name }) => {
  expect(sections.get(name)).toContain("FAILED");
});

test.for(plantedViolations)("the check $check reports $path", ({ check, says }) => {
  for (const text of says) expect(sections.get(check)).toContain(text);
});

test("the check packages reports an export that is not in the tarball", () => {
  expect(sections.get("packages")).toContain("./dist/gone.js");
});
