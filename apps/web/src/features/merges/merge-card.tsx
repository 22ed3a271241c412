import Link from "next/link";
import { CommandLine } from "../../components/ui/command-line.tsx";
import { Elapsed } from "../../components/ui/elapsed.tsx";
import { Fact, Facts } from "../../components/ui/facts.tsx";
import { FileNames } from "../../components/ui/file-names.tsx";
import { Oid } from "../../components/ui/oid.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import type { MergeItem } from "../../lib/shapes.ts";
import { Decision } from "./decision.tsx";
import { GateOutput, GatePassed } from "./gate-output.tsx";
import { MergeMark } from "./merge-mark.tsx";
import { conflictFiles, describeUncommitted, HOWS, standingOf } from "./merge-words.ts";
import { RiskList } from "./risk-list.tsx";

interface MergeCardProps {
  item: MergeItem;
  /** How many come before it. */
  ahead: number;
  /** On the page of its session, which needs not be named. */
  isOwn?: boolean;
}

/** One merge: how far it is or what became of it, and what a person can do about it. */
export function MergeCard({ item, ahead, isOwn = false }: MergeCardProps) {
  const { tone, word, sentence } = standingOf(item, ahead);
  const take = item.merge?.take ?? null;
  const files = conflictFiles(item);
  const isAsking = item.state === "needs approval";
  return (
    <article
      data-merge={item.id}
      aria-label={`Merge of ${item.session}: ${word}`}
      className={`rounded-xl border px-4 py-4 sm:px-5 ${isAsking ? "border-call-line" : "border-line"} bg-sheet`}
    >
      <header className="flex flex-wrap items-center justify-between gap-x-4 text-sm">
        <MergeMark tone={tone} word={word} />
        <span className="text-soft">
          <Elapsed since={item.state === "ended" ? item.updatedAt : item.createdAt} />
          {item.state === "ended" && " ago"}
        </span>
      </header>
      <p className="mt-1.5 wrap-anywhere">
        {!isOwn && <SessionLink item={item} />}
        {isOwn && (
          <span className="font-semibold">
            <PlainText limit={120}>{item.branch}</PlainText>
          </span>
        )}{" "}
        <span className="text-soft">
          into <PlainText limit={120}>{item.into}</PlainText>
        </span>
      </p>
      <p role={item.state === "ended" ? undefined : "status"} className="mt-1.5 text-sm whitespace-pre-wrap">
        <PlainText limit={1000}>{sentence}</PlainText>
      </p>
      {files.length > 0 && (
        <div className="mt-3">
          <FileNames label="Conflicts" files={files} />
        </div>
      )}
      {take !== null && (
        <div className="mt-3">
          <CommandLine>{take}</CommandLine>
        </div>
      )}
      <GateOutput item={item} />
      {isAsking && item.findings !== null && (
        <div className="mt-4">
          <RiskList findings={item.findings} />
        </div>
      )}
      {isAsking ? <ApprovedFacts item={item} /> : <BriefFacts item={item} />}
      <Decision item={item} />
    </article>
  );
}

/** What a yes is bound to, whole. */
function ApprovedFacts({ item: { tip, how, uncommitted } }: { item: MergeItem }) {
  const left = describeUncommitted(uncommitted);
  return (
    <Facts>
      <Fact name="Commit">
        <Oid>{tip}</Oid>
      </Fact>
      <Fact name="How">{HOWS[how].name}</Fact>
      {left !== "" && <Fact name="Left out">{left}</Fact>}
    </Facts>
  );
}

function BriefFacts({ item }: { item: MergeItem }) {
  const { tip, how, uncommitted, outcome, error } = item;
  const left = describeUncommitted(uncommitted);
  // The command that shows all of a gate's log stands beside it.
  const hint = outcome === "gate failed" ? "" : (error?.hint ?? "");
  return (
    <>
      {hint !== "" && (
        <p className="mt-2 text-sm">
          <PlainText limit={400}>{hint}</PlainText>
        </p>
      )}
      <p className="mt-2 text-sm text-soft">
        {tip !== "" && (
          <>
            <code title={tip} className="font-mono text-[0.8125rem]">
              {tip.slice(0, 10)}
            </code>
            {" · "}
          </>
        )}
        {HOWS[how].name.toLowerCase()}
        <GatePassed gate={item.gate} />
        {left !== "" && ` · ${left}`}
      </p>
    </>
  );
}

function SessionLink({ item: { session, branch } }: { item: MergeItem }) {
  return (
    <Link
      href={`/session?${new URLSearchParams({ id: session, view: "merge" }).toString()}`}
      className="font-semibold underline-offset-4 hover:underline"
    >
      <PlainText limit={120} isBrief>
        {branch === "" ? session : branch}
      </PlainText>
    </Link>
  );
}
