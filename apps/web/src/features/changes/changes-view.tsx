"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { ShowMore } from "../../components/ui/show-more.tsx";
import type { DiffWish } from "../../lib/api.ts";
import { readDiffAddress } from "../../lib/diff-address.ts";
import { useMergeList } from "../../lib/live-merges.ts";
import { isBrought } from "../../lib/merge-list.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { useFirst } from "../../lib/use-first.ts";
import { DiffHead } from "./diff-head.tsx";
import { draftsOf } from "./drafts.ts";
import { FileCard } from "./file-card.tsx";
import { FileList } from "./file-list.tsx";
import { cautionsOf } from "./file-words.ts";
import { openAtFirst } from "./fold.ts";
import { ReviewBar } from "./review-bar.tsx";
import { useDiff } from "./use-diff.ts";

/** What a session changed, or exactly what one of its merges brings, to read and to comment on. */
export function ChangesView({ session }: { session: SessionDetail }) {
  const wish = readDiffAddress(useSearchParams());
  return <Changes key={JSON.stringify(wish)} session={session} asked={wish} />;
}

function Changes({ session, asked }: { session: SessionDetail; asked: DiffWish }) {
  const [wish] = useState(asked);
  const { diff, at, problem, isBusy, isOld, again } = useDiff(session, wish);
  const { isKnown, items } = useMergeList();
  const { tip } = wish;
  const isOver = tip !== undefined && isKnown && !isBrought(items.values(), { session: session.id, tip });
  return (
    <section aria-label="Changes" className="space-y-5">
      <DiffHead {...{ session, wish, diff, at, isBusy, isOld, isOver }} onAgain={again} />
      {problem !== undefined && <ProblemNote problem={problem} />}
      {diff !== undefined && <Diff key={`${diff.from} ${diff.to}`} session={session} diff={diff} />}
      {diff !== undefined && <ReviewBar session={session} diff={diff} wish={wish} />}
    </section>
  );
}

const FILES_AT_ONCE = 200;

function Diff({ session, diff }: { session: SessionDetail; diff: SessionDiff }) {
  const { files } = diff;
  const [open, setOpen] = useState(() => {
    // What somebody has written is not folded away.
    const { comments, writing } = draftsOf(session.id);
    return openAtFirst(files, [...comments, ...writing]);
  });
  const { shown, left, showAll } = useFirst(files, FILES_AT_ONCE);
  const toggle = (index: number, isOpen: boolean) =>
    setOpen((before) => (isOpen ? new Set(before).add(index) : new Set([...before].filter((one) => one !== index))));
  const goTo = (index: number) => {
    toggle(index, true);
    const heading = document.querySelector<HTMLElement>(`#file-${index} button`);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };

  return (
    <>
      <Cautions sentences={cautionsOf(diff)} />
      {files.length > 0 && session.state === "open" && (
        <p className="text-sm text-soft">Choose the number of a line to comment on it.</p>
      )}
      {files.length > 0 && (
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[17rem_minmax(0,1fr)]">
          <FileList files={shown} onGo={goTo} />
          <div className="min-w-0 space-y-4">
            {shown.map((file, index) => (
              <FileCard
                key={index}
                {...{ session, file, index, isOpen: open.has(index) }}
                onToggle={(isOpen) => toggle(index, isOpen)}
              />
            ))}
            <ShowMore left={left} onMore={showAll} />
          </div>
        </div>
      )}
    </>
  );
}

function Cautions({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul aria-label="To know first" className="max-w-prose space-y-1 border-l-2 border-call pl-4 text-sm">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <PlainText limit={400}>{sentence}</PlainText>
        </li>
      ))}
    </ul>
  );
}
