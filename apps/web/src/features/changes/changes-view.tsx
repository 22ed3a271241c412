"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import type { Against } from "../../lib/api.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { DiffHead } from "./diff-head.tsx";
import { FileCard } from "./file-card.tsx";
import { FileList } from "./file-list.tsx";
import { cautionsOf } from "./file-words.ts";
import { openAtFirst } from "./fold.ts";
import { ReviewBar } from "./review-bar.tsx";
import { useDiff } from "./use-diff.ts";

/** What a session changed, to read and to comment on. */
export function ChangesView({ session }: { session: SessionDetail }) {
  const against = useSearchParams().get("against") === "target" ? "target" : "base";
  return <Changes key={against} session={session} against={against} />;
}

function Changes({ session, against }: { session: SessionDetail; against: Against }) {
  const { diff, at, problem, isBusy, isOld, again } = useDiff(session, against);
  return (
    <section aria-label="Changes" className="space-y-5">
      <DiffHead {...{ session, against, diff, at, isBusy, isOld }} onAgain={again} />
      {problem !== undefined && <ProblemNote problem={problem} />}
      {diff !== undefined && <Diff key={`${diff.from} ${diff.to}`} session={session} diff={diff} />}
      {diff !== undefined && <ReviewBar session={session} diff={diff} />}
    </section>
  );
}

const FILES_AT_ONCE = 200;

function Diff({ session, diff }: { session: SessionDetail; diff: SessionDiff }) {
  const { files } = diff;
  const [open, setOpen] = useState(() => openAtFirst(files));
  const [count, setCount] = useState(FILES_AT_ONCE);
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
          <FileList files={files.slice(0, count)} onGo={goTo} />
          <div className="min-w-0 space-y-4">
            {files.slice(0, count).map((file, index) => (
              <FileCard
                key={index}
                {...{ session, file, index, isOpen: open.has(index) }}
                onToggle={(isOpen) => toggle(index, isOpen)}
              />
            ))}
            {count < files.length && (
              <button type="button" className="underline underline-offset-4" onClick={() => setCount(files.length)}>
                Show {files.length - count} more files
              </button>
            )}
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
