import type { GitContext } from "../git.ts";
import { type Import, importMirror } from "../import.ts";
import { withMirror } from "../mirror.ts";

/** An import by itself, as the merge begins with. */
export function importBranch(context: GitContext, input: { id: string }): Promise<Import> {
  return withMirror(context, input.id, (mirror) => importMirror(context, mirror));
}
