import { accessSync, closeSync, constants, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** The file that a program's name or absolute path means; null when there is none that can be executed. */
export function findProgram(name: string, path: string): string | null {
  const candidates = name.includes("/") ? [name] : directories(path).map((directory) => join(directory, name));
  return candidates.find((candidate) => isAbsolute(candidate) && isProgram(candidate)) ?? null;
}

/** The program of an npm package: one that came with this install, or npm's global ones beside the directories of PATH. */
export function findPackaged(packageName: string, path: string): string | null {
  const own = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  const global = directories(path).map((directory) => join(dirname(directory), "lib", "node_modules"));
  for (const place of new Set([...own, ...global])) {
    const manifest = readManifest(join(place, packageName));
    const entry = typeof manifest?.bin === "string" ? manifest.bin : Object.values(manifest?.bin ?? {})[0];
    if (typeof entry === "string") {
      const file = join(place, packageName, entry);
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    }
  }
  return null;
}

/** How a program is started: what is written for Node gets the Node that runs this, and no `env` in between. */
export function startOf(file: string): string[] {
  const real = realpathSync(file);
  return isNodeScript(real) ? [process.execPath, real] : [file];
}

/** The version that the npm package around a file says it has; null for a file that is not of that package. */
export function packageVersion(file: string, packageName: string): string | null {
  for (let directory = dirname(realpathSync(file)); ; directory = dirname(directory)) {
    const manifest = readManifest(directory);
    if (manifest?.name === packageName) return typeof manifest.version === "string" ? manifest.version : null;
    if (directory === dirname(directory)) return null;
  }
}

function directories(path: string): string[] {
  return path.split(delimiter).filter((directory) => isAbsolute(directory));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Absent, or not ours to run.
    return false;
  }
}

function isNodeScript(file: string): boolean {
  if (/\.[cm]?js$/.test(file)) return true;
  const descriptor = openSync(file, "r");
  try {
    const start = Buffer.alloc(128);
    const length = readSync(descriptor, start);
    return /^#![^\n]*\bnode\b/.test(start.toString("latin1", 0, length));
  } finally {
    closeSync(descriptor);
  }
}

interface Manifest {
  name?: unknown;
  version?: unknown;
  bin?: string | Record<string, unknown>;
}

function readManifest(directory: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
  } catch {
    // Not a package.
    return null;
  }
}
