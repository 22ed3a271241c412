import { bandLines, FLUSH, pktLine } from "./pkt-line.ts";
import type { PushRequest } from "./push-request.ts";

const LONGEST_REASON = 400;

/** Why nothing of a push was done, in the words that git shows beside each ref; null for a client that wants no report. Pure. */
export function writeReport({ commands, capabilities }: PushRequest, reasons: readonly string[]): Buffer | null {
  if (!capabilities.some((name) => name.startsWith("report-status"))) return null;
  const report = Buffer.concat([
    pktLine("unpack ok\n"),
    ...commands.map(({ ref }, index) => pktLine(`ng ${ref} ${plain(reasons[index] ?? reasons[0] ?? "refused")}\n`)),
    FLUSH,
  ]);
  return capabilities.includes("side-band-64k") ? Buffer.concat([bandLines(1, report), FLUSH]) : report;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, LONGEST_REASON);
}
