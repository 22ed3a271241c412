import { StringDecoder } from "node:string_decoder";
import { collectText } from "../reply.ts";
import type { StartedProcess } from "../tree/process-tree.ts";
import type { Transcript } from "./transcript.ts";

const ERROR_TAIL = 4 * 1024;

/** Reads a program's stderr to its end. `text` is the last of it. */
export function readErrors(child: StartedProcess, transcript: Pick<Transcript, "write">): { text(): string } {
  const decoder = new StringDecoder("utf8");
  const collected = collectText({ head: 0, tail: ERROR_TAIL });
  child.stderr.on("data", (chunk: Buffer) => {
    transcript.write(chunk);
    collected.add(decoder.write(chunk));
  });
  return { text: () => collected.text().trim() };
}
