import type { ReactNode } from "react";

const LOOKS = {
  plain: "border-faint text-soft",
  call: "border-call-line bg-call-wash text-call",
  mark: "border-mark bg-mark text-ink",
} as const;

/** A word or two about the thing it stands beside. */
export function Chip({ look = "plain", children }: { look?: keyof typeof LOOKS; children: ReactNode }) {
  return (
    <span className={`rounded border px-1.5 text-xs leading-5 font-medium whitespace-nowrap ${LOOKS[look]}`}>
      {children}
    </span>
  );
}
