import { type GitContext, runGit } from "../worktrees/git.ts";
import { splitPaths } from "../worktrees/snapshot.ts";

const LIST_BYTES = 4 * 1024 * 1024;

interface CopyList {
  paths: string[];
  /** Those that git ignores in the checkout. */
  ignored: ReadonlySet<string>;
  notes: string[];
}

/** The files of a person's checkout that fit a pattern and that git does not track. git itself keeps them inside of it. */
export async function listCopies(
  context: GitContext,
  { checkout, patterns }: { checkout: string; patterns: readonly string[] },
): Promise<CopyList> {
  const list = async (which: readonly string[]) => {
    const specs = patterns.map((pattern) => `:(top,glob)${pattern}`);
    const args = ["ls-files", "-z", "--others", ...which, "--exclude-standard", "--", ...specs];
    // Where that is too much the list is cut, and the last name with it.
    const { bytes, cut } = await runGit(context, args, {
      cwd: checkout,
      trust: "person",
      maxBytes: LIST_BYTES,
      cut: true,
    });
    const names = splitPaths(bytes).map((path) => path.toString("utf8"));
    return { names: names.slice(0, cut ? -1 : undefined).filter(isPlain), cut };
  };
  const [ignored, unknown] = await Promise.all([list(["--ignored"]), list([])]);
  return {
    paths: [...new Set([...ignored.names, ...unknown.names])].toSorted(),
    ignored: new Set(ignored.names),
    notes: ignored.cut || unknown.cut ? ["The patterns of `copy` fit more files than can be listed."] : [],
  };
}

// A name with a slash at its end is a repository of its own; one that is no UTF-8, or has several lines, cannot be told.
function isPlain(path: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return path !== "" && !path.endsWith("/") && !/[\u0000-\u001f\u007f\ufffd]/.test(path);
}
