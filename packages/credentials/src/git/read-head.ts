import { readPushRequest, type PushRequest } from "./push-request.ts";

const HEAD_LIMIT = 64 * 1024;

export type Head =
  | {
      readonly request: PushRequest;
      readonly length: number;
      /** What came of the pack already. */ readonly rest: Buffer;
    }
  | { readonly wrong: string };

/** Reads the commands from the beginning of a push. */
export async function readHead(body: AsyncIterator<Buffer, unknown>): Promise<Head> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const read = readPushRequest(bytes);
    if (read.state === "wrong") return { wrong: read.why };
    if (read.state === "whole")
      return { request: read.request, length: read.length, rest: bytes.subarray(read.length) };
    if (bytes.length > HEAD_LIMIT) return { wrong: "This push names too many refs." };
    const next = await body.next();
    if (next.done === true) return { wrong: "This push ends before it begins." };
    bytes = Buffer.concat([bytes, next.value]);
  }
}
