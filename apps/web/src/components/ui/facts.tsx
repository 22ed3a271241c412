import type { ReactNode } from "react";

/** A few facts, a name and a value each, one below the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="mt-4 divide-y divide-line border-y border-line text-sm">{children}</dl>;
}

interface FactProps {
  name: ReactNode;
  /** Set like something that a program reads: a path, a branch. */
  isPath?: boolean;
  children: ReactNode;
}

export function Fact({ name, isPath = false, children }: FactProps) {
  return (
    <div className="gap-x-4 py-2 sm:flex">
      <dt className="w-28 shrink-0 text-soft">{name}</dt>
      <dd className={`min-w-0 flex-1 wrap-anywhere ${isPath ? "font-mono text-[0.8125rem]" : ""}`}>{children}</dd>
    </div>
  );
}
