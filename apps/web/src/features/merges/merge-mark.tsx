import type { ReactNode } from "react";
import type { Tone } from "./merge-words.ts";

const ring = "fill-none stroke-current";

// A shape of its own each, so that no two differ by colour alone.
const LOOKS: Record<Tone, { color: string; shape: ReactNode }> = {
  call: { color: "text-call", shape: <path d="M8 1.500 14.500 8 8 14.500 1.500 8z" className="fill-current" /> },
  work: {
    color: "text-work",
    shape: (
      <>
        <circle cx="8" cy="8" r="6" className={`${ring} opacity-25`} strokeWidth="1.8" />
        <path d="M8 2a6 6 0 0 1 6 6" className={ring} strokeWidth="1.8" strokeLinecap="round" />
      </>
    ),
  },
  rest: { color: "text-rest", shape: <circle cx="8" cy="8" r="5.500" className={ring} strokeWidth="1.8" /> },
  done: {
    color: "text-done",
    shape: (
      <path
        d="m2.500 8.600 3.600 3.600 7.400-8"
        className={ring}
        strokeWidth="2.200"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    ),
  },
  fail: {
    color: "text-fail",
    shape: <path d="m3.500 3.500 9 9m0-9-9 9" className={ring} strokeWidth="2.200" strokeLinecap="round" />,
  },
};

/** How far a merge is: a word, a shape and a colour. */
export function MergeMark({ tone, word }: { tone: Tone; word: string }) {
  const { color, shape } = LOOKS[tone];
  return (
    <span className={`inline-flex items-center gap-2 whitespace-nowrap ${color}`}>
      <svg viewBox="0 0 16 16" className="size-4 shrink-0" aria-hidden="true">
        {shape}
      </svg>
      <span className="font-medium">{word}</span>
    </span>
  );
}
