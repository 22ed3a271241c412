import { isAbsolute } from "node:path";

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Whose rules git follows. `strict`: nobody's configuration but the repository's own, which is ours. `person`: the
 * configuration of the person who runs the dispatcher, for their own repository alone.
 */
export type Trust = "strict" | "person";

const NOBODY = "/nonexistent";

const ALWAYS = {
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ALLOW_PROTOCOL: "file",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_NO_LAZY_FETCH: "1",
  // Looking at a repository leaves its index as it was.
  GIT_OPTIONAL_LOCKS: "0",
  GIT_PAGER: "cat",
  GIT_EDITOR: ":",
};

const STRICT = {
  HOME: NOBODY,
  XDG_CONFIG_HOME: NOBODY,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
};

export function gitEnvironment(variables: Variables, trust: Trust): Record<string, string> {
  const path = searchPath(variables);
  if (trust === "strict") return { ...pick(variables, ["TMPDIR"]), ...STRICT, ...ALWAYS, PATH: path };
  const own = Object.keys(variables).filter((name) => !name.startsWith("GIT_"));
  return { ...pick(variables, own), ...ALWAYS, PATH: path };
}

/** What is enough to read the person's configuration, for a library that refuses more. */
export function readingEnvironment(variables: Variables): Record<string, string> {
  const known = ["HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "SUDO_UID", "TMPDIR"];
  return { ...pick(variables, known), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", PATH: searchPath(variables) };
}

/** A relative or empty entry would look for a program in the directory git runs in, which may be a session's. */
export function searchPath(variables: Variables): string {
  const entries = (variables["PATH"] ?? "").split(":").filter((entry) => isAbsolute(entry));
  return entries.length === 0 ? "/usr/local/bin:/usr/bin:/bin" : entries.join(":");
}

function pick(variables: Variables, names: string[]): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const name of names) {
    const value = variables[name];
    if (value !== undefined) chosen[name] = value;
  }
  return chosen;
}
