const HEADER = 12;
const OID_BYTES = { sha1: 20, sha256: 32 } as const;
/** What is known of the file, ten numbers of four bytes; its name and two bytes of flags come after its object. */
const FACTS = 40;
const EXTENDED = 0x4000;

/**
 * The second in which the youngest file of an index was last changed in any way: the latest `ctime` it names. Null where this
 * is no index of version 2 or 3 (gitformat-index(5)), which is what git writes unless told otherwise.
 */
export function latestChange(index: Buffer, format: keyof typeof OID_BYTES): number | null {
  if (index.length < HEADER || index.toString("latin1", 0, 4) !== "DIRC") return null;
  const version = index.readUInt32BE(4);
  if (version !== 2 && version !== 3) return null;
  let latest = 0;
  let at = HEADER;
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const flagsAt = at + FACTS + OID_BYTES[format];
    if (flagsAt + 2 > index.length) return null;
    latest = Math.max(latest, index.readUInt32BE(at));
    const nameAt = flagsAt + ((index.readUInt16BE(flagsAt) & EXTENDED) === 0 ? 2 : 4);
    const end = index.indexOf(0, nameAt);
    if (end === -1) return null;
    // One to eight zeros bring the next entry to a multiple of eight.
    at += (Math.floor((end - at) / 8) + 1) * 8;
  }
  return latest;
}
