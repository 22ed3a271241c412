import { realpathSync } from "node:fs";

/** One flag of bubblewrap with what belongs to it. */
export interface Flag {
  readonly name: string;
  readonly operands: readonly string[];
}

/** How many operands each takes. One that is not here makes the test fail: whoever adds it says which attempt guards it. */
const OPERANDS: Readonly<Record<string, number>> = {
  "--unshare-user": 0,
  "--unshare-all": 0,
  "--disable-userns": 0,
  "--die-with-parent": 0,
  "--new-session": 0,
  "--cap-drop": 1,
  "--cap-add": 1,
  "--hostname": 1,
  "--symlink": 2,
  "--proc": 1,
  "--dev": 1,
  "--size": 1,
  "--tmpfs": 1,
  "--file": 2,
  "--bind": 2,
  "--ro-bind": 2,
  "--ro-bind-try": 2,
  "--bind-fd": 2,
  "--ro-bind-fd": 2,
  "--remount-ro": 1,
  "--seccomp": 1,
  "--setenv": 2,
  "--chdir": 1,
};
/** They say something of the flag that follows. */
const MODIFIERS = new Set(["--size"]);

export interface Wall {
  readonly program: string;
  readonly flags: readonly Flag[];
  readonly rest: readonly string[];
}

export function parseWall(command: readonly string[]): Wall {
  const [program = "", ...words] = command;
  const end = words.indexOf("--");
  const flags: Flag[] = [];
  for (let at = 0; at < end;) {
    const name = words[at] ?? "";
    const count = OPERANDS[name];
    if (count === undefined) throw new Error(`${name} is not known to the test of the escape pack.`);
    flags.push({ name, operands: words.slice(at + 1, at + 1 + count) });
    at += 1 + count;
  }
  return { program, flags, rest: words.slice(end) };
}

export function formatWall({ program, flags, rest }: Wall): string[] {
  return [program, ...flags.flatMap(({ name, operands }) => [name, ...operands]), ...rest];
}

/** The same on every machine: descriptors, sizes and the places of the stage are left out. */
export function labelOf({ name, operands }: Flag): string {
  const shown = operands.filter((word) => !/^\d+$/.test(word)).map(placeOf);
  return [name, ...new Set(shown)].join(" ");
}

function placeOf(word: string): string {
  if (word === realpathSync(process.execPath)) return "node";
  return word.endsWith("/escape-pack.mjs") ? "the pack" : word.replace(/^.*[/]harness-walls-\w+[/]/, "");
}

export interface Mutation {
  readonly label: string;
  readonly flags: readonly Flag[];
}

/** With every capability over its own namespaces: they are then not those of a user namespace further out. */
export function withCapabilities(flags: readonly Flag[]): Flag[] {
  return flags
    .filter(({ name }) => name !== "--disable-userns")
    .map((flag) => (flag.name === "--cap-drop" ? { ...flag, name: "--cap-add" } : flag));
}

/** The wall without each of its flags. What says something of a flag goes with it, and alone. */
export function removals(flags: readonly Flag[]): Mutation[] {
  return flags.map((flag, index) => {
    const begin = MODIFIERS.has(flag.name) ? index : firstModifier(flags, index);
    const label =
      begin === index && MODIFIERS.has(flag.name)
        ? `${flag.name} of ${labelOf(flags[index + 1] ?? flag)}`
        : labelOf(flag);
    return { label, flags: [...flags.slice(0, begin), ...flags.slice(index + 1)] };
  });
}

function firstModifier(flags: readonly Flag[], index: number): number {
  let begin = index;
  while (MODIFIERS.has(flags[begin - 1]?.name ?? "")) begin -= 1;
  return begin;
}

/** What each of them needs, so that nothing starts without it. */
const NEEDS: Readonly<Record<string, string>> = { "--unshare-user": "--disable-userns", "--unshare-uts": "--hostname" };
const NAMESPACES = [
  "--unshare-user",
  "--unshare-ipc",
  "--unshare-pid",
  "--unshare-net",
  "--unshare-uts",
  "--unshare-cgroup",
];

/** Each flag in a weaker form: mounts that can be written, what is the machine's instead of one's own, capabilities. */
export function weakenings(flags: readonly Flag[]): Mutation[] {
  return flags.flatMap((flag, index) => {
    const weaker = weaken(flag);
    if (weaker === null) return [];
    const before = flags.slice(0, firstModifier(flags, index));
    return { label: `${labelOf(flag)} becomes ${weaker.name}`, flags: [...before, weaker, ...flags.slice(index + 1)] };
  });
}

function weaken({ name, operands }: Flag): Flag | null {
  const [place = ""] = operands;
  if (name.startsWith("--ro-bind")) return { name: name.replace("--ro-", "--"), operands };
  if (name === "--proc") return { name: "--ro-bind", operands: [place, place] };
  if (name === "--dev") return { name: "--dev-bind", operands: [place, place] };
  if (name === "--tmpfs") return { name: "--bind", operands: [place, place] };
  if (name === "--cap-drop") return { name: "--cap-add", operands };
  return null;
}

/** All namespaces but one. */
export function withoutNamespace(flags: readonly Flag[]): Mutation[] {
  const rest = flags.filter(({ name }) => !["--unshare-all", "--unshare-user"].includes(name));
  return NAMESPACES.map((missing) => {
    const kept = NAMESPACES.filter((name) => name !== missing).map((name): Flag => ({ name, operands: [] }));
    const others = rest.filter(({ name }) => name !== NEEDS[missing]);
    return { label: `no ${missing}`, flags: [...kept, ...others] };
  });
}
