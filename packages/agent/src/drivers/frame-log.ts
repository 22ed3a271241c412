import { openTranscript, TRANSCRIPT_BYTES, type Transcript } from "./transcript.ts";

/** Bytes of one frame that are kept. */
const FRAME_KEPT = 256 * 1024;
const END_BYTES = 256;

/** What went over the wire, one JSON object a line: `log/turns/<turn>.jsonl`. */
export interface FrameLog {
  /** From here on frames belong to this turn. */
  begin(turn: string): void;
  write(from: "agent" | "client" | "stderr", line: Buffer | string): void;
  close(): void;
}

export function createFrameLog(directory: string): FrameLog {
  let transcript: Transcript | null = null;
  let turnNow: string | null = null;
  let left = 0;

  return {
    begin(turn) {
      if (turn === turnNow) return;
      transcript?.close();
      transcript = openTranscript(directory, `${turn}.jsonl`);
      turnNow = turn;
      left = TRANSCRIPT_BYTES - END_BYTES;
    },
    write(from, line) {
      if (left <= 0) return;
      const text = logLine(from, line, new Date().toISOString());
      left -= Buffer.byteLength(text);
      transcript?.write(left > 0 ? text : `${JSON.stringify({ leftOut: "everything from here on" })}\n`);
    },
    close() {
      transcript?.close();
      transcript = null;
      turnNow = null;
    },
  };
}

/** A frame as it stood where it is JSON, else as text. Pure. */
export function logLine(from: string, line: Buffer | string, at: string): string {
  const bytes = Buffer.from(line);
  const text = bytes.toString("utf8", 0, FRAME_KEPT).trimEnd();
  const start = `{"at":${JSON.stringify(at)},"from":${JSON.stringify(from)}`;
  if (bytes.length <= FRAME_KEPT && isJson(text)) return `${start},"frame":${text}}\n`;
  return `${start},"bytes":${bytes.length},"text":${JSON.stringify(text)}}\n`;
}

function isJson(text: string): boolean {
  if (!text.startsWith("{") || text.includes("\r")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
