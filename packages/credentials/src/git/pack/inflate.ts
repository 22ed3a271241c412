import { createInflate } from "node:zlib";

/** Passes over one object that is too large to be held. */
export interface Inflation {
  /** How many of the bytes were its own; less than there are once it is whole. Throws where it is not what it says. */
  write(bytes: Buffer): Promise<number>;
  /** Nothing more comes. */
  close(): void;
}

export function openInflation(size: number): Inflation {
  const inflate = createInflate();
  let made = 0;
  let failed: Error | null = null;
  let release = () => {};
  inflate.on("data", (bytes: Buffer) => (made += bytes.length));
  const ended = new Promise<void>((resolve) => inflate.once("end", resolve));
  inflate.on("error", (error) => {
    failed = error;
    release();
  });
  return {
    async write(bytes) {
      const before = inflate.bytesWritten;
      await new Promise<void>((resolve) => {
        release = resolve;
        inflate.write(bytes, () => resolve());
      });
      if (failed !== null) throw failed;
      const length = inflate.bytesWritten - before;
      const isWhole = length < bytes.length;
      // Until then not all that it makes has been counted.
      if (isWhole) await ended;
      if (made > size || (isWhole && made < size)) throw new Error("An object is not as large as it says.");
      return length;
    },
    close: () => void inflate.destroy(),
  };
}
