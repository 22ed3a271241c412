import type { Readable } from "node:stream";

/** Calls `onLine` with every whole line. What follows the last newline when the stream ends is dropped. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
}
