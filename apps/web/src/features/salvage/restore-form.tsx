import { useId, useState, type FormEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import { CommandLine } from "../../components/ui/command-line.tsx";
import { FIELD } from "../../components/ui/field.ts";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { restoreSalvage } from "../../lib/api.ts";
import type { ToldSalvage } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";
import { branchFor, isInGit, restoreCommand } from "./words.ts";

/** Onto a new branch from here, or by the command in a terminal; into a directory only there. */
export function RestoreForm({ kept }: { kept: ToldSalvage }) {
  const [branch, setBranch] = useState(branchFor(kept));
  const [line, setLine] = useState("");
  const { isBusy, refusal, run } = useRequest();
  const id = useId();

  const restore = async (event: FormEvent) => {
    event.preventDefault();
    setLine("");
    await run(async () => setLine((await restoreSalvage(kept.session, branch.trim())).line));
  };

  if (kept.problem !== null) return null;
  return (
    <div className="mt-4 space-y-3">
      {isInGit(kept) && (
        <form onSubmit={(event) => void restore(event)} className="flex flex-wrap items-end gap-2">
          <div className="min-w-0 flex-1 basis-56">
            <label htmlFor={id} className="text-sm text-soft">
              Onto a new branch
            </label>
            <input
              id={id}
              value={branch}
              onChange={(event) => setBranch(event.target.value)}
              spellCheck={false}
              autoCapitalize="none"
              className={`${FIELD} mt-1 font-mono`}
            />
          </div>
          <Button type="submit" disabled={isBusy || branch.trim() === ""}>
            Restore
          </Button>
        </form>
      )}
      <Refusal>{refusal}</Refusal>
      <p role="status" className="text-sm font-medium text-done wrap-anywhere empty:hidden">
        {line !== "" && <PlainText limit={600}>{line}</PlainText>}
      </p>
      <CommandLine>{restoreCommand(kept, branch.trim() === "" ? branchFor(kept) : branch.trim())}</CommandLine>
    </div>
  );
}
