"use client";

import Link from "next/link";
import { useEffect } from "react";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { lastSegment } from "../../lib/format.ts";
import { followMerges, relistMerges, useMergeList } from "../../lib/live-merges.ts";
import { countAhead, isOpen, mergesOf } from "../../lib/merge-list.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { Collisions } from "./collisions.tsx";
import { MergeCard } from "./merge-card.tsx";
import { MergePlan } from "./merge-plan.tsx";

/** How a session's work comes into its branch: what waits for that now, else what it would come to. */
export function MergeView({ session }: { session: SessionDetail }) {
  const { isKnown, items, problem } = useMergeList();
  useEffect(followMerges, []);
  const own = mergesOf(items.values(), session.id);
  const open = own.filter(isOpen);
  const ended = own.filter((item) => !isOpen(item));
  const [last] = ended;
  // What it was made from may be a linked worktree; its merges are those of the repository.
  const repository = session.source ?? session.repository;

  return (
    <section aria-label="Merge" className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="min-w-0 space-y-5">
        {problem !== null && <ProblemNote problem={problem} onRetry={() => void relistMerges()} />}
        {open.map((item) => (
          <MergeCard key={item.id} item={item} ahead={countAhead(items.values(), item)} isOwn />
        ))}
        {isKnown && open.length === 0 && <MergePlan key={last?.id ?? ""} session={session} />}
      </div>
      <aside aria-label="Around it" className="min-w-0 space-y-5">
        <Collisions session={session} />
        {repository !== null && (
          <p className="text-sm">
            <Link
              className="underline underline-offset-4"
              href={`/merges?${new URLSearchParams({ repository }).toString()}`}
            >
              The merge queue of{" "}
              <PlainText limit={80} isBrief>
                {lastSegment(repository)}
              </PlainText>
            </Link>
          </p>
        )}
        {ended.length > 0 && (
          <div className="space-y-4">
            <h2 className="font-semibold">{ended.length === 1 ? "Last merge" : "Merges so far"}</h2>
            {ended.slice(0, 5).map((item) => (
              <MergeCard key={item.id} item={item} ahead={0} isOwn />
            ))}
          </div>
        )}
      </aside>
    </section>
  );
}
