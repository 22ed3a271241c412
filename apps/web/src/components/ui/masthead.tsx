import Link from "next/link";
import type { ReactNode } from "react";
import { Mark } from "./mark.tsx";

export function Masthead({ children }: { children: ReactNode }) {
  return (
    <header className="mx-auto flex max-w-[88rem] items-center justify-between gap-4 px-4 py-4 sm:px-8">
      <Link href="/" className="-m-1 flex items-center gap-2.5 p-1 font-semibold tracking-tight">
        <Mark />
        Harness
      </Link>
      {children}
    </header>
  );
}
