/** What a delta makes of its base; null where it is none for it, or makes more than `limit` bytes of it. Pure. */
export function applyDelta(base: Buffer, delta: Buffer, limit: number): Buffer | null {
  let at = 0;
  const next = () => delta[at++] ?? Number.NaN;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = next();
      if (Number.isNaN(byte)) return byte;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  if (number() !== base.length) return null;
  const size = number();
  // Also where the delta ended before its size did.
  if (!(size <= limit)) return null;
  const made = Buffer.alloc(size);
  let filled = 0;
  while (at < delta.length) {
    const operation = next();
    let from = at;
    let length = operation;
    let source = delta;
    if (operation === 0) return null;
    if (operation >= 128) {
      const bytes = (first: number, count: number) => {
        let value = 0;
        for (let digit = 0; digit < count; digit++) if (operation & (first << digit)) value += next() * 256 ** digit;
        return value;
      };
      from = bytes(1, 4);
      length = bytes(16, 3) || 0x10000;
      source = base;
    } else at += length;
    if (!(from + length <= source.length && filled + length <= size)) return null;
    filled += source.copy(made, filled, from, from + length);
  }
  return filled === size ? made : null;
}
