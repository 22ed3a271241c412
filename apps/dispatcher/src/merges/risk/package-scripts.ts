// What a package manager, or a tool that reads the same file, runs.
const RUN = [
  "scripts",
  "bin",
  "gypfile",
  "husky",
  "lint-staged",
  "simple-git-hooks",
  "pre-commit",
  "gitHooks",
  "nano-staged",
  "packageManager",
  "devEngines",
  "trustedDependencies",
  "pnpm",
  "overrides",
  "resolutions",
  "workspaces",
];
const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
// A range of versions, a tag, or a member of the workspace: everything else comes from somewhere else than the registry.
const FROM_REGISTRY = /^(workspace:|catalog:)|^[\w\s.*<>=~^|+-]*$/;

/** What a new package.json runs or takes from elsewhere that the old one did not; null when nothing. */
export function findScriptChanges(now: string, before: string | null): string | null {
  const fresh = parse(now);
  if (fresh === null) return "cannot be read";
  const old = (before === null ? null : parse(before)) ?? {};
  const changed = RUN.filter((key) => JSON.stringify(fresh[key]) !== JSON.stringify(old[key]));
  if (changed.length > 0) return `changes ${changed.join(", ")}`;
  for (const key of DEPENDENCIES) {
    const known = entries(old[key]);
    for (const [name, range] of entries(fresh[key])) {
      if (known.get(name) !== range && !FROM_REGISTRY.test(range)) return `takes a package from outside the registry`;
    }
  }
  return null;
}

function entries(value: unknown): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, range]) => [name, String(range)]));
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // A person decides about what no tool can read.
    return null;
  }
}
