import { ARCHITECTURES } from "./system-calls.ts";

// linux/filter.h, linux/seccomp.h: what the kernel's packet-filter machine is told.
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const REFUSE = 0x0005_0001; // errno EPERM

const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const argumentAt = (index: number) => 16 + 8 * index;

/** x86-64 runs a second set of system calls under numbers from here. */
const X32 = 0x4000_0000;
/** Put characters into a terminal's input, as if somebody had typed them. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** Unix, IPv4, IPv6, netlink. Others, such as a virtual machine's own sockets, know no network namespace. */
const FAMILIES = [1, 2, 10, 16];

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

const refuse: Instruction = [RETURN, 0, 0, REFUSE];
const allow: Instruction = [RETURN, 0, 0, ALLOW];
const load = (offset: number): Instruction => [LOAD, 0, 0, offset];

/** The filter for `bwrap --seccomp`; null for an architecture whose numbers are not known here. */
export function seccompFilter(architecture: string): Uint8Array | null {
  const known = ARCHITECTURES[architecture];
  if (!known) return null;
  const program: Instruction[] = [
    load(ARCHITECTURE_AT),
    [JUMP_EQUAL, 1, 0, known.audit],
    refuse,
    load(NUMBER_AT),
    [JUMP_AT_LEAST, 0, 1, X32],
    refuse,
    ...Object.values(known.refused).flatMap((number): Instruction[] => [[JUMP_EQUAL, 0, 1, number], refuse]),
    // Jumps over the three that follow unless it is ioctl; the accumulator holds the number until then.
    [JUMP_EQUAL, 0, 5, known.ioctl],
    load(argumentAt(1)),
    [JUMP_EQUAL, 1, 0, TIOCSTI],
    [JUMP_EQUAL, 0, 1, TIOCLINUX],
    refuse,
    allow,
    [JUMP_EQUAL, 0, 2 + FAMILIES.length, known.socket],
    load(argumentAt(0)),
    ...FAMILIES.map((family, index): Instruction => [JUMP_EQUAL, FAMILIES.length - index, 0, family]),
    refuse,
    allow,
  ];
  return encode(program);
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * program.length));
  for (const [index, [code, jumpTrue, jumpFalse, value]] of program.entries()) {
    // Both architectures are little-endian.
    bytes.setUint16(8 * index, code, true);
    bytes.setUint8(8 * index + 2, jumpTrue);
    bytes.setUint8(8 * index + 3, jumpFalse);
    bytes.setUint32(8 * index + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
