/** One line of the report: a measured value against a limit that is measured in the same run. */
export interface Figure {
  name: string;
  value: number;
  unit: "ms" | "MiB" | "%" | "merges";
  /** What the value is compared with, and its own value; absent where the limit is absolute. */
  against?: { name: string; value: number };
  /** The largest ratio allowed, or the largest value where there is nothing to compare with. */
  limit: number;
}

/** The ratio where there is one, the plain value otherwise: what is held against the limit. */
export function score(figure: Figure): number {
  return figure.against ? figure.value / figure.against.value : figure.value;
}

export function isWithin(figure: Figure): boolean {
  return score(figure) <= figure.limit;
}

/** The value below which `fraction` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(fraction * sorted.length) - 1);
  const value = sorted[rank];
  if (value === undefined) throw new Error("No samples to take a percentile of.");
  return value;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    isWithin(figure) ? "ok" : "OVER",
    figure.name,
    `${round(figure.value)} ${figure.unit}`,
    figure.against ? `${figure.against.name}: ${round(figure.against.value)} ${figure.unit}` : "",
    figure.against ? `${round(score(figure))}x` : "",
    limitText(figure),
  ]);
  const lines = [["", "figure", "measured", "against", "ratio", "limit"], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function limitText({ limit, against, unit }: Figure): string {
  if (!Number.isFinite(limit)) return "no limit";
  return against ? `≤ ${limit}x` : `≤ ${limit} ${unit}`;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
