import { RECORD_BYTES, type Assemble } from "./machine-code.ts";

/** A text stands for the address of its bytes. */
export type Argument = number | bigint | string;
export interface Call {
  readonly number: number;
  readonly arguments: readonly Argument[];
}

const ADDRESS = 0x40_0000;
const HEADERS = 64 + 56;
const CODE_BYTES = 256;
const TABLE = ADDRESS + HEADERS + CODE_BYTES;

/** An executable file of one piece that makes these system calls. Node itself makes none by number. */
export function buildProgram(
  calls: readonly Call[],
  way: { readonly machine: number; readonly assemble: Assemble },
): Uint8Array {
  const texts: Buffer[] = [];
  let end = TABLE + calls.length * RECORD_BYTES;
  const place = (argument: Argument): bigint => {
    if (typeof argument !== "string") return BigInt(argument);
    const bytes = Buffer.from(`${argument}\0`);
    texts.push(bytes);
    end += bytes.length;
    return BigInt(end - bytes.length);
  };
  const table = Buffer.alloc(calls.length * RECORD_BYTES);
  for (const [index, { number, arguments: given }] of calls.entries()) {
    const words = [BigInt(number), ...given.map(place)];
    for (const [at, word] of words.entries()) {
      table.writeBigInt64LE(BigInt.asIntN(64, word), index * RECORD_BYTES + 8 * at);
    }
  }
  const code = Buffer.alloc(CODE_BYTES);
  code.set(way.assemble({ table: TABLE, count: calls.length }));
  return Buffer.concat([headers(way.machine, end - ADDRESS), code, table, ...texts]);
}

/** The ELF header and one program header, which loads the whole file where it can be written and run. */
function headers(machine: number, size: number): Buffer {
  const bytes = Buffer.alloc(HEADERS);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeUInt16LE(2, 16); // An executable.
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(ADDRESS + HEADERS), 24); // Begins at the code.
  bytes.writeBigUInt64LE(64n, 32); // Where the program header is.
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64); // To be loaded,
  bytes.writeUInt32LE(7, 68); // to be read, written and run,
  bytes.writeBigUInt64LE(BigInt(ADDRESS), 80);
  bytes.writeBigUInt64LE(BigInt(ADDRESS), 88);
  bytes.writeBigUInt64LE(BigInt(size), 96);
  bytes.writeBigUInt64LE(BigInt(size), 104);
  bytes.writeBigUInt64LE(0x1000n, 112);
  return bytes;
}
