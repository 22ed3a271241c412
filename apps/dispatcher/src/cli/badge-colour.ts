import type { SessionSummary } from "../sessions/schema.ts";
import type { Colour } from "./terminal.ts";

export const BADGE_COLOURS: Record<SessionSummary["badge"], Colour> = {
  working: "cyan",
  "needs you": "yellow",
  idle: "green",
  parked: "dim",
  "rate limited": "yellow",
  lost: "red",
  failed: "red",
  done: "dim",
};
