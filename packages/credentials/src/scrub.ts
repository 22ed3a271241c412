const MASK = "*";

export interface Scrubber {
  /** The next bytes to pass on. What may be the beginning of a secret waits for what follows. */
  read(bytes: Buffer): Buffer;
  /** What still waits when nothing follows. */
  end(): Buffer;
}

/** Masks every form of a secret in a stream, also where it is cut in two. The length stays what it was. */
export function createScrubber(forms: readonly Buffer[]): Scrubber {
  let waiting: Buffer = Buffer.alloc(0);
  return {
    read(bytes) {
      if (forms.length === 0) return bytes;
      const whole = mask(waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]), forms);
      const held = longestBeginning(whole, forms);
      waiting = Buffer.from(whole.subarray(whole.length - held));
      return whole.subarray(0, whole.length - held);
    },
    end() {
      const rest = waiting;
      waiting = Buffer.alloc(0);
      return rest;
    },
  };
}

/** Masks the secret in one text. */
export function scrubText(text: string, forms: readonly Buffer[]): string {
  return mask(Buffer.from(text, "latin1"), forms).toString("latin1");
}

function mask(bytes: Buffer, forms: readonly Buffer[]): Buffer {
  for (const form of forms)
    for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length))
      bytes.fill(MASK, at, at + form.length);
  return bytes;
}

/** How many bytes at the end may be the beginning of a form. */
function longestBeginning(bytes: Buffer, forms: readonly Buffer[]): number {
  let longest = 0;
  for (const form of forms) {
    const from = Math.max(0, bytes.length - form.length + 1);
    for (let at = bytes.indexOf(form[0]!, from); at >= 0; at = bytes.indexOf(form[0]!, at + 1)) {
      const length = bytes.length - at;
      if (length <= longest) break;
      if (bytes.compare(form, 0, length, at) === 0) longest = length;
    }
  }
  return longest;
}
