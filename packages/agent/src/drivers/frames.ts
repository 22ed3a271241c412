import { openTranscript } from "./command/transcript.ts";

/** Which way a frame went: `>` to the coding agent, `<` from it, `!` its stderr. */
export type FrameWay = ">" | "<" | "!";

/** The raw frames of a turn as they went over the pipe, in its transcript. */
export interface FrameLog {
  write(way: FrameWay, frame: string): void;
  close(): void;
}

export function openFrameLog(directory: string, turn: string): FrameLog {
  const transcript = openTranscript(directory, turn);
  return {
    write: (way, frame) => transcript.write(`${way} ${frame.trimEnd()}\n`),
    close: () => transcript.close(),
  };
}
