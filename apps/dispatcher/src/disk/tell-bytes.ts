const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes in the unit that reads best, as config.yaml takes them: `812 B`, `4.1 kB`, `37 MB`. */
export function tellBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** power;
  return `${power > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[power] ?? ""}`;
}
