export const COMMIT = 1;
export const OFFSET_DELTA = 6;
export const REF_DELTA = 7;

/** How one object of a pack begins. */
export interface ObjectHeader {
  readonly type: number;
  /** Of the object, or of the delta, once it is inflated. */
  readonly size: number;
  /** How many bytes before this object its base begins. */
  readonly baseDistance: number | null;
  readonly baseOid: string | null;
  /** Of the header itself. */
  readonly length: number;
}

/** More than this no header takes. */
export const HEADER_LIMIT = 64;
const MOST_DIGITS = 8;

/** Null where `bytes` ends in the middle of it. Throws where it is no header. Pure. */
export function readObjectHeader(bytes: Buffer, hashBytes: number): ObjectHeader | null {
  let at = 0;
  let byte = bytes[at++];
  if (byte === undefined) return null;
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let scale = 16; byte >= 128; scale *= 128) {
    if (at > MOST_DIGITS) throw new Error("An object's size cannot be read.");
    byte = bytes[at++];
    if (byte === undefined) return null;
    size += (byte & 127) * scale;
  }
  if (type === 0 || type === 5) throw new Error("An object has no type that is known.");
  if (type === REF_DELTA) {
    if (bytes.length < at + hashBytes) return null;
    const baseOid = bytes.toString("hex", at, at + hashBytes);
    return { type, size, baseDistance: null, baseOid, length: at + hashBytes };
  }
  if (type !== OFFSET_DELTA) return { type, size, baseDistance: null, baseOid: null, length: at };
  const first = at;
  byte = bytes[at++];
  if (byte === undefined) return null;
  let baseDistance = byte & 127;
  while (byte >= 128) {
    if (at - first > MOST_DIGITS) throw new Error("The base of a delta cannot be read.");
    byte = bytes[at++];
    if (byte === undefined) return null;
    baseDistance = (baseDistance + 1) * 128 + (byte & 127);
  }
  return { type, size, baseDistance, baseOid: null, length: at };
}
