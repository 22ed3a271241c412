"use client";

import { useEffect, useState } from "react";
import { BackLink } from "../../components/ui/back-link.tsx";
import { Button } from "../../components/ui/button.tsx";
import { ConnectionState } from "../../components/ui/connection-state.tsx";
import { Masthead } from "../../components/ui/masthead.tsx";
import { ProblemNote } from "../../components/ui/problem-note.tsx";
import { listSalvages } from "../../lib/api.ts";
import { inWords } from "../../lib/format.ts";
import type { ToldSalvage } from "../../lib/shapes.ts";
import { useAnswer } from "../../lib/use-answer.ts";
import { SalvageCard } from "./salvage-card.tsx";

/** What is kept of sessions that are gone, and the way back. */
export function SalvagePage() {
  const { answer, problem, again } = useAnswer(listSalvages);
  const kept = answer?.value;
  useEffect(() => {
    document.title = "Salvage · Harness";
  }, []);
  return (
    <>
      <Masthead>
        <ConnectionState />
      </Masthead>
      <main className="mx-auto max-w-[60rem] px-4 pb-24 sm:px-8">
        <BackLink />
        {problem !== undefined && <ProblemNote problem={problem} />}
        {kept !== undefined && (
          <>
            <div className="mt-2 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
              <h1 className="text-3xl font-semibold tracking-tight text-balance">{headline(kept.length)}</h1>
              <Button onClick={again}>Read again</Button>
            </div>
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
  const [count, setCount] = useState(AT_ONCE);
  return (
    <>
      <ul className="mt-7 space-y-4">
        {kept.slice(0, count).map((one) => (
          <SalvageCard key={`${one.session} ${one.ref}`} kept={one} />
        ))}
      </ul>
      {count < kept.length && (
        <Button className="mt-4" onClick={() => setCount(kept.length)}>
          Show {kept.length - count} more
        </Button>
      )}
    </>
  );
}
