"use client";

import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { BackLink } from "../../components/ui/back-link.tsx";
import { CommandLine } from "../../components/ui/command-line.tsx";
import { ConnectionState } from "../../components/ui/connection-state.tsx";
import { Masthead } from "../../components/ui/masthead.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { ShowMore } from "../../components/ui/show-more.tsx";
import { lastSegment } from "../../lib/format.ts";
import { followMerges, relistMerges, useMergeList } from "../../lib/live-merges.ts";
import { countAhead } from "../../lib/merge-list.ts";
import type { MergeItem } from "../../lib/shapes.ts";
import { useFirst } from "../../lib/use-first.ts";
import { visible } from "../../lib/visible-text.ts";
import { MergeCard } from "./merge-card.tsx";
import { endedOf, lanesOf, queueHeadline, repositoriesOf } from "./queue.ts";
import { RepositoryChoice } from "./repository-choice.tsx";

/** The merge queue, of all repositories or of the one that the address names. */
export function MergesPage() {
  const { isKnown, items, problem } = useMergeList();
  const only = useSearchParams().get("repository");
  useEffect(followMerges, []);
  const all = [...items.values()];
  const shown = all.filter(({ repository }) => only === null || repository === only);

  return (
    <>
      <title>Merges · Harness</title>
      <Masthead>
        <ConnectionState />
      </Masthead>
      <main className="mx-auto max-w-[60rem] px-4 pb-24 sm:px-8">
        <BackLink />
        {problem !== null && !isKnown && (
          <h1 className="mt-2 text-3xl font-semibold tracking-tight text-balance">The queue could not be read.</h1>
        )}
        {problem !== null && <ProblemNote problem={problem} onRetry={() => void relistMerges()} />}
        {isKnown && (
          <>
            <h1 className="mt-2 text-3xl font-semibold tracking-tight text-balance">{queueHeadline(shown)}</h1>
            {all.length === 0 && <NoMerges />}
            <RepositoryChoice repositories={repositoriesOf(all)} only={only} />
            <Lanes items={shown} />
            <Ended items={endedOf(shown)} />
          </>
        )}
      </main>
    </>
  );
}

function NoMerges() {
  return (
    <div className="mt-5 max-w-xl space-y-4">
      <p className="text-soft">
        What a session has committed comes into its branch from here, one after the other: ask for it on the session’s
        page, or in a terminal.
      </p>
      <CommandLine>harness merge hotfix</CommandLine>
    </div>
  );
}

function Lanes({ items }: { items: readonly MergeItem[] }) {
  return lanesOf(items).map(({ repository, into, items: own }) => (
    <section key={`${repository}\0${into}`} aria-label={`Into ${visible(into)}`} className="mt-8">
      <h2 className="mb-3 flex flex-wrap items-baseline gap-x-3 font-semibold">
        <span>
          Into{" "}
          <PlainText limit={120} isBrief>
            {into}
          </PlainText>
        </span>
        <span className="text-sm font-normal text-soft">
          <PlainText limit={120} isBrief>
            {lastSegment(repository)}
          </PlainText>
        </span>
      </h2>
      <ol className="space-y-4">
        {own.map((item) => (
          <li key={item.id}>
            <MergeCard item={item} ahead={countAhead(items, item)} />
          </li>
        ))}
      </ol>
    </section>
  ));
}

const ENDED_AT_ONCE = 20;

function Ended({ items }: { items: readonly MergeItem[] }) {
  const { shown, left, showAll } = useFirst(items, ENDED_AT_ONCE);
  if (items.length === 0) return null;
  return (
    <section aria-label="Ended" className="mt-10">
      <h2 className="mb-3 font-semibold">Ended</h2>
      <ol className="space-y-4">
        {shown.map((item) => (
          <li key={item.id}>
            <MergeCard item={item} ahead={0} />
          </li>
        ))}
      </ol>
      <ShowMore left={left} onMore={showAll} />
    </section>
  );
}
