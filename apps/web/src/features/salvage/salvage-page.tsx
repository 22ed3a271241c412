"use client";

import { useEffect } from "react";
import { BackLink } from "../../components/ui/back-link.tsx";
import { ConnectionState } from "../../components/ui/connection-state.tsx";
import { Masthead } from "../../components/ui/masthead.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { ShowMore } from "../../components/ui/show-more.tsx";
import { inWords } from "../../lib/format.ts";
import type { ToldSalvage } from "../../lib/shapes.ts";
import { useFirst } from "../../lib/use-first.ts";
import { followSalvages, relistSalvages, useSalvageList } from "./live-salvages.ts";
import { SalvageCard } from "./salvage-card.tsx";

/** What is kept of sessions that are gone, and the way back. */
export function SalvagePage() {
  const { kept, problem } = useSalvageList();
  useEffect(followSalvages, []);
  return (
    <>
      <title>Salvage · Harness</title>
      <Masthead>
        <ConnectionState />
      </Masthead>
      <main className="mx-auto max-w-[60rem] px-4 pb-24 sm:px-8">
        <BackLink />
        {problem !== null && kept === null && (
          <h1 className="mt-2 text-3xl font-semibold tracking-tight text-balance">What is kept could not be read.</h1>
        )}
        {problem !== null && <ProblemNote problem={problem} onRetry={() => void relistSalvages()} />}
        {kept !== null && (
          <>
            <h1 className="mt-2 text-3xl font-semibold tracking-tight text-balance">{headline(kept.length)}</h1>
            <p className="mt-3 max-w-prose text-soft">
              A session that is removed, archived or given up leaves here what was not merged: its commits, its
              uncommitted changes and its new files. Restoring makes a new branch, and touches no checkout.
            </p>
            <KeptList kept={kept} />
          </>
        )}
      </main>
    </>
  );
}

function headline(count: number): string {
  if (count === 0) return "Nothing is kept.";
  return count === 1 ? "One session’s work is kept." : `${inWords(count)} sessions’ work is kept.`;
}

const AT_ONCE = 30;

function KeptList({ kept }: { kept: readonly ToldSalvage[] }) {
  const { shown, left, showAll } = useFirst(kept, AT_ONCE);
  return (
    <>
      <ul className="mt-7 space-y-4">
        {shown.map((one) => (
          <SalvageCard key={`${one.session} ${one.ref}`} kept={one} />
        ))}
      </ul>
      <ShowMore left={left} onMore={showAll} />
    </>
  );
}
