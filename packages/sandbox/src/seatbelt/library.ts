// The manager of the package is not used: it brings proxies of its own, one policy for each process, and places in /tmp and
// in the person's home that all of its commands share. What it makes a profile with stands alone, but has no name outside.
import {
  type MacOSSandboxParams,
  wrapCommandWithSandboxMacOS,
} from "@anthropic-ai/sandbox-runtime/dist/sandbox/macos-sandbox-utils.js";

export type LibraryWish = Pick<
  MacOSSandboxParams,
  | "needsNetworkRestriction"
  | "allowUnixSockets"
  | "allowMachLookup"
  | "enableWeakerNetworkIsolation"
  | "readConfig"
  | "writeConfig"
>;

// Bare, or in quotes of either kind, as its author's `quote` writes them.
const WORD = String.raw`(?:[^'"\s]|'[^']*'|"'")+`;
const COMMAND = new RegExp(`^env (?:${WORD} )*/usr/bin/sandbox-exec -p (${WORD}) ${WORD} -c :$`);

/** The profile of `@anthropic-ai/sandbox-runtime` for that. */
export function libraryProfile(wish: LibraryWish): string {
  const words = wrapCommandWithSandboxMacOS({ ...wish, command: ":", binShell: "sh" });
  const quoted = COMMAND.exec(words)?.[1];
  if (quoted === undefined) throw new Error("@anthropic-ai/sandbox-runtime makes no profile where one is looked for.");
  return quoted.replaceAll(/'([^']*)'|"(')"/g, (_, text?: string, mark?: string) => text ?? mark ?? "");
}
