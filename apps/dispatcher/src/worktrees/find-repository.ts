import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { HarnessError, type StateRoot } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";

export interface Place {
  /** Real path of the main checkout, or of the repository itself when it is bare: what it is known by. */
  root: string;
  /** The checkout that was named; null when the repository is bare. */
  checkout: string | null;
  gitDirectory: string;
  /** Short and harmless, for a directory name. */
  name: string;
  objectFormat: "sha1" | "sha256";
  /** Its history ends early. */
  shallow: boolean;
}

/** Throws `repository-not-found`, `repository-unsupported`. */
export async function findRepository(context: GitContext, path: string): Promise<Place> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw notFound(path, "there is nothing");
  if (!found.isDirectory()) throw notFound(path, "it is a file");
  const asked = await realpath(path);
  await refuseSessions(context.root, asked);
  if (asked.includes("\n")) throw notFound(path, "its path has a line break");

  const facts = await revParse(context, asked);
  const { objectFormat, shallow } = facts;
  const gitDirectory = await realpath(facts.common);
  await refuseSessions(context.root, gitDirectory);
  if (await isPartial(gitDirectory)) throw partial(path);
  const main = await findMain(context, { ...facts, gitDirectory });
  // Inside .git the person means the checkout around it.
  const checkout = facts.bare ? null : (facts.checkout ?? main);
  return { root: main, checkout, gitDirectory, name: shortName(main), objectFormat, shallow };
}

// That of a submodule, and others, lies apart from its checkout; then that says where it is, or is it.
async function findMain(context: GitContext, facts: Facts & { gitDirectory: string }): Promise<string> {
  const { bare, gitDirectory, own, checkout } = facts;
  if (basename(gitDirectory) === ".git") return dirname(gitDirectory);
  if (bare) return gitDirectory;
  const isLinked = (await realpath(own)) !== gitDirectory;
  const args = ["rev-parse", "--show-toplevel"];
  const told = isLinked ? await runGit(context, args, { cwd: gitDirectory, trust: "person", accept: [128] }) : null;
  const main = told === null ? checkout : told.text;
  return main === undefined || main === "" ? gitDirectory : realpath(main);
}

const QUESTIONS = [
  "--is-bare-repository",
  "--is-shallow-repository",
  "--show-object-format",
  "--git-common-dir",
  "--absolute-git-dir",
];

interface Facts {
  bare: boolean;
  shallow: boolean;
  objectFormat: Place["objectFormat"];
  common: string;
  /** That of this checkout alone, where it is a linked one. */
  own: string;
  checkout: string | undefined;
}

async function revParse(context: GitContext, cwd: string): Promise<Facts> {
  // Where there is no checkout the last question fails, after the others were answered.
  const args = ["rev-parse", "--path-format=absolute", ...QUESTIONS, "--show-toplevel"];
  const { text, warnings } = await runGit(context, args, { cwd, trust: "person", accept: [128] });
  const [bare, shallow, format, common, own, checkout] = text.split("\n");
  if (common === undefined || own === undefined) {
    throw notFound(cwd, describeRefusal(warnings));
  }
  const objectFormat = format === "sha256" ? "sha256" : "sha1";
  return { bare: bare === "true", shallow: shallow === "true", objectFormat, common, own, checkout };
}

function describeRefusal(warnings: string): string {
  if (warnings.includes("dubious ownership")) return "git refuses it, because somebody else owns it";
  if (warnings.includes("safe.bareRepository"))
    return "git refuses it, because it is bare and safe.bareRepository is set to explicit";
  return "it is not in one";
}

async function isPartial(gitDirectory: string): Promise<boolean> {
  const packs = await readdir(join(gitDirectory, "objects", "pack")).catch(() => []);
  return packs.some((name) => name.endsWith(".promisor"));
}

// git started by the dispatcher would run what a session's own repository names.
async function refuseSessions(root: StateRoot, path: string): Promise<void> {
  const realRoot = await realpath(root.path).catch(() => root.path);
  const demo = join(realRoot, basename(root.demo)) + sep;
  if (!`${path}${sep}`.startsWith(realRoot + sep) || `${path}${sep}`.startsWith(demo)) return;
  throw notFound(path, "it lies inside the state root");
}

function shortName(root: string): string {
  const name = basename(root)
    .replace(/\.git$/, "")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name.slice(0, 40) || "repository";
}

function notFound(path: string, why: string): HarnessError {
  return new HarnessError("repository-not-found", `${escapeLine(path)} is no git repository to work on: ${why}.`);
}

function partial(path: string): HarnessError {
  const message = `Sessions cannot work on ${escapeLine(path)}: it is a partial clone, and what it left out is fetched only when it is needed.`;
  const hint = "Clone it again without --filter; --depth is fine.";
  return new HarnessError("repository-unsupported", message, { hint });
}
