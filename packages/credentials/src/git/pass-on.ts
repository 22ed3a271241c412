import type { IncomingMessage, ServerResponse } from "node:http";
import { createScrubber } from "../scrub.ts";

/** Passes the body of an answer on as it comes, without the secret. Does not end it. Returns how many bytes it had. */
export async function passOn(
  from: IncomingMessage,
  to: ServerResponse,
  { forms, look }: { readonly forms: readonly Buffer[]; look?(bytes: Buffer): void },
): Promise<number> {
  const scrubber = createScrubber(forms);
  let count = 0;
  for await (const bytes of from as AsyncIterable<Buffer>) {
    count += bytes.length;
    look?.(bytes);
    await write(to, scrubber.read(bytes));
  }
  await write(to, scrubber.end());
  return count;
}

async function write(to: ServerResponse, bytes: Buffer): Promise<void> {
  if (to.destroyed) throw new Error("The session is gone.");
  if (bytes.length === 0 || to.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      to.off("drain", done);
      to.off("close", done);
      resolve();
    };
    to.on("drain", done);
    to.on("close", done);
  });
}
