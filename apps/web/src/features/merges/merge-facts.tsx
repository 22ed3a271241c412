import type { ReactNode } from "react";

export function MergeFacts({ children }: { children: ReactNode }) {
  return <dl className="mt-4 divide-y divide-line border-y border-line text-sm">{children}</dl>;
}

export function MergeFact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="gap-x-4 py-2 sm:flex">
      <dt className="w-28 shrink-0 text-soft">{name}</dt>
      <dd className="min-w-0 flex-1 wrap-anywhere">{children}</dd>
    </div>
  );
}
