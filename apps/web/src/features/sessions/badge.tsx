import type { ReactNode } from "react";
import type { Badge as BadgeName } from "../../lib/shapes.ts";
import { knownBadge } from "./session-list.ts";

interface Look {
  color: string;
  shape: ReactNode;
  /** Lies over the shape and turns. */
  hand?: ReactNode;
}

const ring = "fill-none stroke-current";

// A shape of its own each, so that no two differ by colour alone.
const LOOKS: Record<BadgeName, Look> = {
  "needs you": {
    color: "text-call",
    shape: (
      <>
        <path d="M8 .9 15.1 8 8 15.1.9 8z" className="fill-current" />
        <path d="M8 4.400v4M8 10.600v.6" className="stroke-sheet" strokeWidth="1.8" strokeLinecap="round" />
      </>
    ),
  },
  failed: {
    color: "text-fail",
    shape: (
      <>
        <path d="M5.3 1.500h5.400l3.8 3.800v5.400l-3.8 3.800H5.300l-3.8-3.800V5.300z" className="fill-current" />
        <path d="m5.7 5.7 4.6 4.600m0-4.6-4.6 4.6" className="stroke-sheet" strokeWidth="1.7" strokeLinecap="round" />
      </>
    ),
  },
  lost: {
    color: "text-lost",
    shape: (
      <>
        <circle cx="8" cy="8" r="6" className={ring} strokeWidth="1.8" strokeDasharray="2.4 2.310" />
        <path d="M8 5v3.400M8 10.700v.4" className={ring} strokeWidth="1.7" strokeLinecap="round" />
      </>
    ),
  },
  "rate limited": {
    color: "text-limit",
    shape: (
      <path
        d="M3.5 1.800h9M3.5 14.200h9M4.7 1.800v2.400L8 8l3.3-3.800V1.800M4.7 14.200v-2.400L8 8l3.3 3.800v2.4"
        className={ring}
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    ),
  },
  working: {
    color: "text-work",
    shape: (
      <>
        <circle cx="8" cy="8" r="6" className={`${ring} opacity-25`} strokeWidth="1.8" />
        <circle cx="8" cy="8" r="2.4" className="fill-current" />
      </>
    ),
    hand: <path d="M8 2a6 6 0 0 1 6 6" className={ring} strokeWidth="1.8" strokeLinecap="round" />,
  },
  idle: { color: "text-rest", shape: <circle cx="8" cy="8" r="5.5" className={ring} strokeWidth="1.8" /> },
  parked: {
    color: "text-park",
    shape: (
      <>
        <rect x="2" y="2" width="12" height="12" rx="2.5" className={ring} strokeWidth="1.7" />
        <path d="M6.5 5.800v4.400m3-4.400v4.4" className={ring} strokeWidth="1.7" strokeLinecap="round" />
      </>
    ),
  },
  done: {
    color: "text-done",
    shape: (
      <path
        d="m2.5 8.6 3.6 3.6 7.4-8"
        className={ring}
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    ),
  },
};

/** A session's state: a word, a shape and a colour. */
export function Badge({ badge }: { badge: string }) {
  const { color, shape, hand } = LOOKS[knownBadge(badge)];
  return (
    <span className={`inline-flex items-center gap-2 whitespace-nowrap ${color}`}>
      <span className="relative size-4 shrink-0" aria-hidden="true">
        <Drawing>{shape}</Drawing>
        {hand !== undefined && <Drawing look="sweep">{hand}</Drawing>}
      </span>
      <span className="font-medium">{badge}</span>
    </span>
  );
}

function Drawing({ look = "", children }: { look?: string; children: ReactNode }) {
  return (
    <svg viewBox="0 0 16 16" className={`absolute inset-0 size-4 ${look}`}>
      {children}
    </svg>
  );
}
