import { expect, test } from "vitest";
import type { DiskReport } from "../disk/schema.ts";
import { diskLines } from "./disk-lines.ts";

const AT = "2026-11-23T12:00:00.000Z";
const parts = { worktree: 4_100_000_000, objects: 12_000, home: 812, log: 37_400_000, rest: 0 };
const measured = { atLeast: false, measuredAt: AT };
const report: DiskReport = {
  bytes: 4_300_000_000,
  atLeast: true,
  free: 52_000_000_000,
  sessions: [
    { id: "k3x", name: "login\u001b[31m", closed: false, bytes: 4_137_412_812, parts, ...measured, atLeast: true },
    { id: "p7q", name: null, closed: true, bytes: null, parts, measuredAt: null, atLeast: true },
  ],
  shared: [
    { kind: "hub", name: "shop-1a2b.git", bytes: 150_000_000, ...measured },
    { kind: "trash", name: "trash", bytes: 4096, ...measured },
  ],
};

test("sizes are read by people, the total and what to do stand below", () => {
  expect(diskLines(report, { colour: (_, text) => text })).toEqual([
    "    SIZE  WORKTREE    GIT   HOME    LOG  WHAT",
    "> 4.1 GB    4.1 GB  12 kB  812 B  37 MB  session k3x login",
    " not yet         -      -      -      -  session p7q (closed)",
    "  150 MB                                 hub shop-1a2b.git",
    "",
    "at least 4.3 GB in all; 52 GB free on this file system.",
    "`harness rm p7q` gives a session's space back and keeps its unmerged work.",
  ]);
});
