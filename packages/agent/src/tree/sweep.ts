import { readdirSync, readFileSync } from "node:fs";
import { monotonicMs } from "@harness/core";

/** Every process whose environment holds all of `marks` (`NAME=value`). Linux; elsewhere none is found. */
export function findMarked(marks: readonly string[]): number[] {
  return processIds().filter((pid) => pid !== process.pid && isMarked(pid, marks));
}

function isMarked(pid: number, marks: readonly string[]): boolean {
  let environment: string;
  try {
    environment = `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`;
  } catch {
    // Gone, or somebody else's: not one of ours either way.
    return false;
  }
  return marks.every((mark) => environment.includes(`\0${Buffer.from(mark).toString("latin1")}\0`));
}

/** The children of `roots`, their children, and so on, roots included. */
export function findDescendants(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const pid of processIds()) {
    const parent = parentOf(pid);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set(roots);
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found];
}

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything, parentheses included.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

/** What a process calls itself; empty when it is gone. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** Sends `signal` to a process or, negative, to a group. False when there is none. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Kills every marked process, and what they fork meanwhile, until a look finds none. Returns how many were killed. */
export async function sweepMarked(marks: readonly string[], limitMs = 2_000): Promise<number> {
  const killed = new Set<number>();
  const end = monotonicMs() + limitMs;
  for (;;) {
    const found = findMarked(marks);
    if (found.length === 0 || monotonicMs() > end) return killed.size;
    for (const pid of found) {
      if (sendSignal(pid, "SIGKILL")) killed.add(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
