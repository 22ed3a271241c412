import type { Outbound } from "@harness/core";

const TEXT_LIMIT = 16 * 1024;
const REPORT_LIMIT = 64 * 1024;

/** A report small enough to be kept in memory for every listener: long texts are cut. Null when it is large in another way. */
export function cutReport(message: Outbound): Outbound | null {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    typeof value === "string" && value.length > TEXT_LIMIT ? `${value.slice(0, TEXT_LIMIT)} …` : value,
  );
  return text.length > REPORT_LIMIT ? null : (JSON.parse(text) as Outbound);
}
