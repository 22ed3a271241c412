import type { PushGrant } from "../protocol.ts";
import type { Command, PushRequest } from "./push-request.ts";

export type Verdict =
  | { readonly allowed: true; readonly command: Command; readonly creates: boolean }
  /** Why each of the commands is refused, in their order. */
  | { readonly allowed: false; readonly reasons: readonly string[] };

export function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}

/**
 * Whether a push does nothing but create or move the session's own branch. One command that does anything else has all of
 * them refused. `shown` is where the session was last told that its branch is, all zeros where it was told that there is
 * none; null where it was told nothing. Pure.
 */
export function decidePush(
  { commands, shallow }: Pick<PushRequest, "commands" | "shallow">,
  { ref }: PushGrant,
  shown: string | null,
): Verdict {
  // Some remotes take a history that ends early as it is, and are left with one that ends there for everybody.
  if (shallow.length > 0)
    return { allowed: false, reasons: ["its history is shallow: `git fetch --unshallow`, and push again"] };
  const found = commands.map((command, index) => {
    if (command.ref !== ref) return `this session may push ${ref} and nothing else`;
    if (commands.findIndex((other) => other.ref === ref) !== index) return "it is named twice";
    if (isZero(command.new)) return "a session does not delete its branch";
    if (shown === null || command.old !== shown) return "the branch has moved meanwhile: fetch, and push again";
    return null;
  });
  const [command] = commands;
  if (command !== undefined && found.every((reason) => reason === null))
    return { allowed: true, command, creates: isZero(command.old) };
  return { allowed: false, reasons: found.map((reason) => reason ?? "refused together with the others") };
}
