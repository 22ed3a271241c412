import type { ResourceLimits } from "../schema/session.ts";
import type { HeldLimits } from "../schema/status.ts";

type Held = Pick<HeldLimits, "processes" | "memoryBytes" | "fileBytes" | "memoryOf">;
type Wanted = Pick<ResourceLimits, "processes" | "memoryBytes" | "fileBytes">;

const WORDS = { processes: "processes", memoryBytes: "memory", fileBytes: "files" } as const;
const NAMES = ["processes", "memoryBytes", "fileBytes"] as const;

/** To what a session's processes are held, and to what of the wanted they are not: `4096 processes, 8 GiB a file`. */
export function limitWords(held: Held, wanted: Wanted = {}): string {
  const { processes, memoryBytes, fileBytes, memoryOf } = held;
  const said = [
    processes === undefined ? [] : [`${processes} processes`],
    memoryBytes === undefined
      ? []
      : [`${binarySize(memoryBytes)} of memory ${memoryOf === "session" ? "in all" : "for each process"}`],
    fileBytes === undefined ? [] : [`${binarySize(fileBytes)} for each file`],
  ].flat();
  const open = NAMES.filter((name) => wanted[name] !== undefined && held[name] === undefined);
  const gap = open.length === 0 ? [] : [`not limited on this machine: ${open.map((name) => WORDS[name]).join(", ")}`];
  return [...(said.length === 0 ? [] : [said.join(", ")]), ...gap].join("; ") || "none";
}

function binarySize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const size = bytes / 2 ** (10 * power);
  return `${Number.isInteger(size) || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[power] ?? ""}`;
}
