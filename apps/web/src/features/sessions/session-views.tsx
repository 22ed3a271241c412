import Link from "next/link";
import type { ReactNode } from "react";
import { Count } from "../../components/ui/count.tsx";
import { useMergeList } from "../../lib/live-merges.ts";
import { countNeedy, mergesOf } from "../../lib/merge-list.ts";
import type { SessionDetail } from "../../lib/shapes.ts";

/** What is shown of a session that works on a repository, beside its log. */
export interface GitViews {
  changes: (session: SessionDetail) => ReactNode;
  merge: (session: SessionDetail) => ReactNode;
}
export type View = "log" | keyof GitViews;

const VIEWS: readonly { view: View; name: string }[] = [
  { view: "log", name: "Log" },
  { view: "changes", name: "Changes" },
  { view: "merge", name: "Merge" },
];

const OPEN: Record<View, string> = { log: "to answer", changes: "", merge: "to approve" };

/** Which view the address asks for. Without a worktree there is nothing but the log. */
export function viewOf(session: SessionDetail, asked: string | null): View {
  const found = VIEWS.find(({ view }) => view === asked);
  return session.paths.worktree === null || found === undefined ? "log" : found.view;
}

export function SessionViews({ session, current }: { session: SessionDetail; current: View }) {
  const { items } = useMergeList();
  if (session.paths.worktree === null) return null;
  const open = { log: session.waiting.length, changes: 0, merge: countNeedy(mergesOf(items.values(), session.id)) };
  const address = (view: View) =>
    `/session?${new URLSearchParams(view === "log" ? { id: session.id } : { id: session.id, view }).toString()}`;
  return (
    <nav aria-label="Views" className="flex gap-x-6 border-b border-line">
      {VIEWS.map(({ view, name }) => (
        <Link
          key={view}
          href={address(view)}
          scroll={false}
          aria-current={view === current ? "page" : undefined}
          className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent py-2 text-soft hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink pointer-coarse:py-3"
        >
          {name}
          <Count of={OPEN[view]}>{view === current ? 0 : open[view]}</Count>
        </Link>
      ))}
    </nav>
  );
}
