import type { ReactNode } from "react";
import { Mark } from "./mark.tsx";

/** A page that says one thing. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-xl flex-col justify-center gap-5 px-5 py-16">
      <title>{`${title.replace(/\.$/, "")} · Harness`}</title>
      <div>
        <Mark />
      </div>
      <h1 className="text-3xl font-semibold tracking-tight text-balance">{title}</h1>
      {children}
    </main>
  );
}
