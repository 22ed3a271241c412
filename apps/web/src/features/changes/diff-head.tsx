import Link from "next/link";
import { Button } from "../../components/ui/button.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { Against } from "../../lib/api.ts";
import { clockTime, plural } from "../../lib/format.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { totalOf } from "./file-words.ts";
import { LineCounts } from "./line-counts.tsx";

interface DiffHeadProps {
  session: SessionDetail;
  against: Against;
  diff: SessionDiff | undefined;
  /** When it was read. */
  at: string | undefined;
  isBusy: boolean;
  isOld: boolean;
  onAgain: () => void;
}

/** How much it is, against what, and how old. */
export function DiffHead({ session, against, diff, at, isBusy, isOld, onAgain }: DiffHeadProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
      <div>
        <h2 className="flex flex-wrap items-baseline gap-x-3 text-xl font-semibold tracking-tight">
          {diff === undefined ? (
            isBusy ? (
              "Reading its worktree…"
            ) : (
              "No diff."
            )
          ) : diff.files.length === 0 ? (
            "It changed nothing."
          ) : (
            <>
              {plural(diff.files.length, "file")} changed <LineCounts {...totalOf(diff.files)} />
            </>
          )}
        </h2>
        <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
          <Choice session={session} to="base" current={against}>
            since it began
          </Choice>
          <Choice session={session} to="target" current={against}>
            against{" "}
            <span className="font-mono text-[0.8125rem]">
              <PlainText limit={80}>{session.base ?? "its target"}</PlainText>
            </span>
          </Choice>
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <p role="status" className={isOld ? "font-medium text-call" : "text-soft"}>
          {isOld ? "It has worked since." : at !== undefined && `As of ${clockTime(at)}`}
        </p>
        <Button onClick={onAgain} disabled={isBusy}>
          Read again
        </Button>
      </div>
    </div>
  );
}

interface ChoiceProps {
  session: SessionDetail;
  to: Against;
  current: Against;
  children: React.ReactNode;
}

function Choice({ session, to, current, children }: ChoiceProps) {
  const query = { id: session.id, view: "changes", ...(to === "target" ? { against: to } : {}) };
  return (
    <Link
      href={`/session?${new URLSearchParams(query).toString()}`}
      scroll={false}
      replace
      aria-current={to === current ? "true" : undefined}
      className="text-soft underline-offset-4 hover:text-ink aria-[current]:text-ink aria-[current]:underline pointer-coarse:py-2"
    >
      {children}
    </Link>
  );
}
