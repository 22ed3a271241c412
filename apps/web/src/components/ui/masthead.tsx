"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { followMerges, useMergeList } from "../../lib/live-merges.ts";
import { countNeedy } from "../../lib/merge-list.ts";
import { Count } from "./count.tsx";
import { Mark } from "./mark.tsx";

/** What stands on top of every page; `children` at its end. */
export function Masthead({ children }: { children: ReactNode }) {
  return (
    <header className="mx-auto flex max-w-[88rem] flex-wrap items-center gap-x-3 gap-y-1 px-4 py-4 sm:gap-x-8 sm:px-8">
      <Link href="/" className="-m-1 flex items-center gap-2.5 p-1 font-semibold tracking-tight">
        <Mark />
        Harness
      </Link>
      <nav aria-label="Pages" className="flex gap-x-4 text-sm sm:gap-x-6">
        <Place href="/merges" name="Merges">
          <NeedyMerges />
        </Place>
        <Place href="/salvage" name="Salvage" />
      </nav>
      <div className="ml-auto">{children}</div>
    </header>
  );
}

function Place({ href, name, children }: { href: string; name: string; children?: ReactNode }) {
  const isHere = usePathname().replace(/\/$/, "") === href;
  return (
    <Link
      href={href}
      aria-current={isHere ? "page" : undefined}
      className="group flex items-center gap-1.5 py-1 text-soft hover:text-ink aria-[current]:text-ink"
    >
      <span className="underline-offset-[6px] group-aria-[current]:underline">{name}</span>
      {children}
    </Link>
  );
}

/** How many merges wait for a person's approval. */
function NeedyMerges() {
  const count = countNeedy(useMergeList().items.values());
  useEffect(followMerges, []);
  return <Count of="to approve">{count}</Count>;
}
