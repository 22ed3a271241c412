import type { IncomingMessage } from "node:http";

export type Body = AsyncIterator<Buffer, void>;

/** What is taken in of a push that was refused, so that its git reads why. */
const REST_LIMIT = 4 * 1024 ** 3;

/** The body of a request; `add` is told of every piece. */
export async function* readBody(asked: IncomingMessage, add: (length: number) => void): AsyncGenerator<Buffer, void> {
  for await (const bytes of asked.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    add(bytes.length);
    yield bytes;
  }
}

/** `first`, and what is left of `body`, which can be read on when this is given up. */
export async function* followedBy(first: Buffer, body: Body): AsyncGenerator<Buffer, void> {
  if (first.length > 0) yield first;
  for (let next = await body.next(); next.done !== true; next = await body.next()) yield next.value;
}

/** Takes the rest in and lets go of it. Throws where it is more than any push has. */
export async function drain(body: Body): Promise<void> {
  let length = 0;
  for (let next = await body.next(); next.done !== true; next = await body.next()) {
    length += next.value.length;
    if (length > REST_LIMIT) throw new Error("It sends without an end.");
  }
}
