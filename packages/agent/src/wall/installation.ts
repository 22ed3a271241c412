import { accessSync, constants, existsSync, lstatSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";

/** What every sandbox shows, as far as links lead. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/nix/store", "/gnu/store"];

export interface InstallationInput {
  readonly command: readonly string[];
  readonly path: string;
  /** Directories that must not be shown, nor any that holds one of them: the session's own, the person's home. */
  readonly hidden: readonly string[];
}

export interface Installation {
  /** The command with its files named by their real paths: inside, links that lead there do not exist. */
  readonly command: readonly string[];
  /** What has to be shown for it to run, read-only. */
  readonly readOnly: readonly string[];
  readonly path: string;
}

/** What a command needs of this machine: its program, the Node on PATH, and where those are installed. */
export function findInstallation({ command, path, hidden }: InstallationInput): Installation {
  const files = command.slice(0, isNode(command[0]) ? 2 : 1).map((word) => realFile(word) ?? ownProgram(word, path));
  const node = findOnPath("node", path);
  const shown = [...files, node].flatMap((file) => (file === null ? [] : installationOf(file, hidden)));
  return {
    command: command.map((word, index) => files[index] ?? word),
    readOnly: [...new Set(shown)].filter((each) => !isBelow(each, "/usr")),
    path: node === null || isBelow(node, "/usr") ? path : `${path}${delimiter}${dirname(node)}`,
  };
}

function isNode(program: string | undefined): boolean {
  return program !== undefined && (program.endsWith(`${sep}node`) || program === process.execPath);
}

function realFile(word: string): string | null {
  if (!isAbsolute(word)) return null;
  try {
    const file = realpathSync(word);
    return lstatSync(file).isFile() ? file : null;
  } catch {
    // Not there: starting it says so.
    return null;
  }
}

/** A word that PATH leads to a program outside of the system: inside, nothing else of its directory exists. */
function ownProgram(word: string, path: string): string | null {
  const found = word.includes(sep) || word === "" ? null : findOnPath(word, path);
  return found === null || SYSTEM.some((each) => isBelow(found, each)) ? null : found;
}

function findOnPath(name: string, path: string): string | null {
  for (const directory of path.split(delimiter)) {
    const found = isAbsolute(directory) ? realFile(join(directory, name)) : null;
    if (found !== null && isProgram(found)) return found;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The outermost node_modules, the programs of a Node's prefix, or the package that a program belongs to; otherwise its file alone. */
function installationOf(file: string, hidden: readonly string[]): readonly string[] {
  const modules = file.indexOf(`${sep}node_modules${sep}`);
  const candidates = [
    ...(modules === -1 ? [] : [[file.slice(0, modules + `${sep}node_modules`.length)]]),
    ...prefixOf(file),
    ...packageOf(file).map((each) => [each]),
  ];
  const fits = (each: string) => each !== sep && !hidden.some((kept) => kept === each || isBelow(kept, each));
  return candidates.find((each) => each.every(fits)) ?? [file];
}

// Never the prefix itself: where that is ~/.local, keyrings and the keys of other tools lie in it.
function prefixOf(file: string): string[][] {
  const modules = join(dirname(dirname(file)), "lib", "node_modules");
  return existsSync(modules) ? [[dirname(file), modules]] : [];
}

function packageOf(file: string): string[] {
  for (let at = dirname(file); at !== sep; at = dirname(at)) if (existsSync(join(at, "package.json"))) return [at];
  return [];
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}${sep}`);
}
