import { closeSync, openSync, readSync } from "node:fs";

// Stands in for node:crypto in the bundle (see build.ts). Loading that costs an idle session 0.4 MiB for life, and all it
// is asked for are ids of reports and names of temporary files. What is long goes to the real one.
const SHORT_BYTES = 1024;

interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(): Buffer;
  digest(encoding: "hex" | "base64"): string;
}

export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const descriptor = openSync("/dev/urandom", "r");
  try {
    for (let length = 0; length < size;) length += readSync(descriptor, bytes, length, size - length, null);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

export function createHash(algorithm: string): Hash {
  const parts: Uint8Array[] = [];
  const digest = (encoding?: "hex" | "base64") => {
    const bytes = digestBytes(algorithm, Buffer.concat(parts));
    return encoding === undefined ? bytes : bytes.toString(encoding);
  };
  const hash: Hash = {
    update(data) {
      parts.push(typeof data === "string" ? Buffer.from(data) : data);
      return hash;
    },
    digest: digest as Hash["digest"],
  };
  return hash;
}

function digestBytes(algorithm: string, data: Buffer): Buffer {
  if (algorithm === "sha1" && data.length <= SHORT_BYTES) return sha1(data);
  return process.getBuiltinModule("node:crypto").createHash(algorithm).update(data).digest();
}

const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const KEYS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** FIPS 180-4: padding of section 5.1.1, the hash of section 6.1.2. */
function sha1(data: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((data.length + 9) / 64) * 64);
  data.copy(padded);
  padded[data.length] = 0x80;
  padded.writeUInt32BE(data.length * 8, padded.length - 4);
  const state = Uint32Array.from(START);
  const words = new Uint32Array(80);
  for (let block = 0; block < padded.length; block += 64) {
    for (let index = 0; index < 16; index += 1) words[index] = padded.readUInt32BE(block + index * 4);
    const mixed = mixBlock(state, words);
    for (let index = 0; index < state.length; index += 1) state[index]! += mixed[index]!;
  }
  const digest = Buffer.alloc(state.length * 4);
  state.forEach((word, index) => digest.writeUInt32BE(word, index * 4));
  return digest;
}

function mixBlock(state: Uint32Array, words: Uint32Array): Uint32Array {
  // Plain assignments: this runs in the interpreter, where taking arrays apart is slow.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let index = 0; index < 80; index += 1) {
    if (index >= 16) {
      words[index] = left(words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!, 1);
    }
    const round = Math.floor(index / 20);
    const chosen = round === 0 ? (b & c) ^ (~b & d) : round === 2 ? (b & c) ^ (b & d) ^ (c & d) : b ^ c ^ d;
    const next = (left(a, 5) + chosen + e + KEYS[round]! + words[index]!) >>> 0;
    e = d;
    d = c;
    c = left(b, 30);
    b = a;
    a = next;
  }
  return Uint32Array.of(a, b, c, d, e);
}

function left(word: number, bits: number): number {
  return ((word << bits) | (word >>> (32 - bits))) >>> 0;
}
