import Link from "next/link";
import { Button } from "../../components/ui/button.tsx";
import { Oid } from "../../components/ui/oid.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { DiffWish } from "../../lib/api.ts";
import { diffAddress } from "../../lib/diff-address.ts";
import { clockTime, plural } from "../../lib/format.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { totalOf } from "./file-words.ts";
import { LineCounts } from "./line-counts.tsx";

interface DiffHeadProps {
  session: SessionDetail;
  wish: DiffWish;
  diff: SessionDiff | undefined;
  /** When it was read. */
  at: string | undefined;
  isBusy: boolean;
  isOld: boolean;
  /** The merge whose commit it is waits no more. */
  isOver: boolean;
  onAgain: () => void;
}

/** How much it is, against what, and how old. */
export function DiffHead({ session, wish, diff, at, isBusy, isOld, isOver, onAgain }: DiffHeadProps) {
  const { tip } = wish;
  const isWhole = tip === undefined;
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
      <div>
        <h2 className="flex flex-wrap items-baseline gap-x-3 text-xl font-semibold tracking-tight">
          {diff === undefined ? (
            isBusy ? (
              "Reading…"
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
          <Choice session={session} to={{ against: "base" }} isCurrent={isWhole && wish.against === "base"}>
            since it began
          </Choice>
          <Choice session={session} to={{ against: "target" }} isCurrent={isWhole && wish.against === "target"}>
            against <Branch>{session.base ?? "its target"}</Branch>
          </Choice>
          {!isWhole && (
            <Choice session={session} to={wish} isCurrent>
              in its merge
            </Choice>
          )}
        </p>
        {tip !== undefined && diff !== undefined && (
          <p className="mt-3 max-w-prose border-l-2 border-call pl-4 text-sm">
            Exactly <Oid>{tip}</Oid>, as its merge brings it
            {wish.into !== undefined && (
              <>
                {" "}
                into <Branch>{wish.into}</Branch>
              </>
            )}
            .{" "}
            {isOver
              ? "That merge has ended: nothing here waits for a yes any more."
              : "What the session does meanwhile is not here, and not in the merge."}
          </p>
        )}
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

function Branch({ children }: { children: string }) {
  return (
    <span className="font-mono text-[0.8125rem]">
      <PlainText limit={80} isBrief>
        {children}
      </PlainText>
    </span>
  );
}

interface ChoiceProps {
  session: SessionDetail;
  to: DiffWish;
  isCurrent: boolean;
  children: React.ReactNode;
}

function Choice({ session, to, isCurrent, children }: ChoiceProps) {
  return (
    <Link
      href={diffAddress(session.id, to)}
      scroll={false}
      replace
      aria-current={isCurrent ? "true" : undefined}
      className="text-soft underline-offset-4 hover:text-ink aria-[current]:text-ink aria-[current]:underline pointer-coarse:py-2"
    >
      {children}
    </Link>
  );
}
