import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Fact, Facts } from "../../components/ui/facts.tsx";
import { FileNames } from "../../components/ui/file-names.tsx";
import { Oid } from "../../components/ui/oid.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import type { MergeWish } from "../../lib/api.ts";
import { clockTime } from "../../lib/format.ts";
import type { Preview, SessionDetail } from "../../lib/shapes.ts";
import { MergeForm } from "./merge-form.tsx";
import { describeUncommitted, gateLine, outlook } from "./merge-words.ts";
import { RiskList } from "./risk-list.tsx";
import { usePreview } from "./use-preview.ts";

/** What a merge would come to, and the way to ask for exactly that. */
export function MergePlan({ session }: { session: SessionDetail }) {
  const [wish, setWish] = useState<MergeWish>({ how: "merge-commit" });
  const { answer, problem, isBusy, again } = usePreview(session.id, wish);
  const preview = answer?.value;
  return (
    <div className="rounded-xl border border-line bg-sheet px-4 py-5 sm:px-6">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <h2 className="min-w-0 flex-1 basis-64 text-xl font-semibold tracking-tight">
          {preview === undefined ? (
            isBusy ? (
              "Working it out…"
            ) : (
              "It cannot be worked out."
            )
          ) : (
            <PlainText limit={300}>{outlook(preview)}</PlainText>
          )}
        </h2>
        <div className="flex items-center gap-4 text-sm">
          <p className="text-soft">{answer !== undefined && `As of ${clockTime(answer.at)}`}</p>
          <Button onClick={again} disabled={isBusy}>
            Look again
          </Button>
        </div>
      </div>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {preview !== undefined && <Outlook preview={preview} />}
      {/* What could not be looked at again is not asked for. */}
      <MergeForm
        session={session}
        preview={isBusy || problem !== undefined ? undefined : preview}
        wish={wish}
        onWish={setWish}
      />
    </div>
  );
}

function Outlook({ preview }: { preview: Preview }) {
  const { tip, target, into, gate, outcome, files, findings, uncommitted } = preview;
  const left = describeUncommitted(uncommitted);
  return (
    <>
      {outcome === "conflict" && (
        <div className="mt-3">
          <FileNames label="Conflicts" files={files} />
          <p className="mt-3 max-w-prose text-sm text-soft">
            Asking for it changes nothing: the session is told what it conflicts with, and can resolve it.
          </p>
        </div>
      )}
      {left !== "" && <p className="mt-3 max-w-prose border-l-2 border-call pl-4 text-sm">{left}</p>}
      <Facts>
        <Fact name="Commit">
          <Oid>{tip}</Oid>
        </Fact>
        <Fact
          name={
            <PlainText limit={80} isBrief>
              {into}
            </PlainText>
          }
        >
          <Oid>{target}</Oid>
        </Fact>
        {gate !== null && (
          <Fact name="Gate">
            <code className="font-mono text-[0.8125rem] wrap-anywhere">{gateLine(gate)}</code>
          </Fact>
        )}
      </Facts>
      {findings !== null && findings.list.length > 0 && (
        <div className="mt-5">
          <RiskList findings={findings} />
          <p className="mt-2 max-w-prose text-sm text-soft">
            When it is its turn, it waits for your yes to exactly this commit with exactly this list.
          </p>
        </div>
      )}
    </>
  );
}
