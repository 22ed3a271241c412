import { parseProfile, type Term } from "./parse-profile.ts";

/** What somebody inside does something to. */
export interface Subject {
  readonly path?: string;
  readonly type?: "REGULAR-FILE" | "DIRECTORY" | "SYMLINK" | "CHARACTER-DEVICE";
  /** The other end of a connection, or one's own where one listens. */
  readonly ip?: string;
  readonly socket?: string;
  readonly service?: string;
}

export type Judge = (operation: string, subject: Subject) => "allow" | "deny";

interface Rule {
  readonly action: "allow" | "deny";
  readonly operations: readonly string[];
  readonly filters: readonly Term[];
}

/**
 * What the kernel of macOS makes of a profile, as far as it is written down: of the rules that fit, the last counts. Whether a
 * rule for one operation also counts before a later one for a group of them is told in both ways, so both are asked, and
 * a profile that is read in two ways is refused.
 */
export function judgeProfile(text: string): Judge {
  const rules = parseProfile(text).flatMap(readRule);
  return (operation, subject) => {
    const groups = groupsOf(operation);
    const fitting = (names: readonly string[]) =>
      rules.findLast(
        ({ operations, filters }) =>
          operations.some((each) => names.includes(each)) &&
          (filters.length === 0 || filters.some((filter) => fits(filter, subject))),
      );
    const byOrder = fitting(groups)?.action;
    const byName = groups.map((name) => fitting([name])?.action).find((action) => action !== undefined);
    if (byOrder === undefined || byOrder !== byName)
      throw new Error(`${operation} of ${JSON.stringify(subject)} can be read in two ways: ${byOrder}, ${byName}.`);
    return byOrder;
  };
}

/** `file-read-data` is one of `file-read*`, which is one of `file*`. */
function groupsOf(operation: string): string[] {
  const words = operation.split("-");
  const groups = words.slice(0, -1).map((_, index) => `${words.slice(0, words.length - 1 - index).join("-")}*`);
  return [operation, ...groups, "default"];
}

function readRule(term: Term): Rule[] {
  if (typeof term === "string") throw new Error(`${term} is no rule.`);
  const [action, ...rest] = term;
  if (action === "version") return [];
  if (action !== "allow" && action !== "deny") throw new Error(`${JSON.stringify(action)} is no action.`);
  const filters = rest.filter((each) => typeof each !== "string" && each[0] !== "with");
  return [{ action, operations: rest.filter((each) => typeof each === "string"), filters }];
}

function fits(filter: Term, subject: Subject): boolean {
  if (typeof filter === "string") throw new Error(`${filter} is no filter.`);
  const [kind, ...of] = filter;
  const [first = "", second] = of;
  const { path } = subject;
  const word = typeof first === "string" ? first : "";
  switch (kind) {
    case "require-all":
      return of.every((each) => fits(each, subject));
    case "require-any":
      return of.some((each) => fits(each, subject));
    case "require-not":
      return !fits(first, subject);
    case "literal":
      return path === word;
    case "subpath":
      return path !== undefined && (path === word || path.startsWith(word === "/" ? "/" : `${word}/`));
    case "regex":
    case "path-regex":
      return path !== undefined && new RegExp(word).test(path);
    case "vnode-type":
      return subject.type === word;
    case "global-name":
      return subject.service === word;
    case "global-name-prefix":
      return subject.service?.startsWith(word) ?? false;
    case "local":
    case "remote":
      return fitsEnd(word, second, subject);
    case undefined:
    default:
      throw new Error(`Nothing is known of the filter ${JSON.stringify(kind)}.`);
  }
}

function fitsEnd(kind: string, of: Term | undefined, { ip, socket }: Subject): boolean {
  if (kind === "unix-socket") return socket !== undefined && of !== undefined && fits(of, { path: socket });
  if (kind !== "ip" || typeof of !== "string") throw new Error(`Nothing is known of an end ${kind}.`);
  const [host, port] = of.split(":");
  const [itsHost, itsPort] = ip?.split(":") ?? [];
  return ip !== undefined && (host === "*" || host === itsHost) && (port === "*" || port === itsPort);
}
