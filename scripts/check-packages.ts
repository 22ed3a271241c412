// Packs what is published, the way it is published, and looks into the tarballs.
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root, runCommand } from "./check/run-command.ts";
import { packPackage } from "./packages/pack.ts";
import { findUnshippable } from "./packages/unshippable.ts";

const manifests = globSync("packages/*/package.json", { cwd: root }).toSorted();
const published = manifests.filter((path) => !JSON.parse(readFileSync(join(root, path), "utf8")).private).map(dirname);

async function checkPackage(path: string, destination: string): Promise<string[]> {
  const directory = join(root, path);
  const { filename, files } = await packPackage(directory, destination);
  const tarball = await readFile(filename);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  return [
    ...messages.map((message) => `${path}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`),
    ...findUnshippable(files.map((file) => file.path)).map((file) => `${path}: ${file} is in the tarball.`),
  ];
}

// Some ship a bundle; the type check has written everything else.
const bundled = published.filter((path) => existsSync(join(root, path, "build.ts")));
const bundles = await Promise.all(bundled.map((path) => runCommand(["node", "build.ts"], join(root, path))));
const destination = await mkdtemp(join(tmpdir(), "harness-packages-"));
try {
  const mistakes = bundles.filter(({ code }) => code !== 0).map(({ output }) => output);
  for (const path of published) mistakes.push(...(await checkPackage(path, destination)));
  for (const mistake of mistakes) console.log(mistake);
  process.exitCode = mistakes.length === 0 ? 0 : 1;
} finally {
  await rm(destination, { recursive: true, force: true });
}
