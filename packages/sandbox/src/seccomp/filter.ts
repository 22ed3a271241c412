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

/** One thing that is refused. Each begins with the call's number in the accumulator, and leaves it there for the next. */
export interface Rule {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** What is refused, in order; null for an architecture whose numbers are not known here. */
export function seccompRules(architecture: string): Rule[] | null {
  const known = ARCHITECTURES[architecture];
  if (!known) return null;
  return [
    {
      name: "another machine's calls",
      instructions: [load(ARCHITECTURE_AT), [JUMP_EQUAL, 1, 0, known.audit], refuse, load(NUMBER_AT)],
    },
    { name: "x32's calls", instructions: [[JUMP_AT_LEAST, 0, 1, X32], refuse] },
    ...Object.entries(known.refused).map(([name, number]): Rule => ({
      name,
      instructions: [[JUMP_EQUAL, 0, 1, number], refuse],
    })),
    {
      // Jumps over the five that follow unless it is ioctl.
      name: "typing into a terminal",
      instructions: [
        [JUMP_EQUAL, 0, 5, known.ioctl],
        load(argumentAt(1)),
        [JUMP_EQUAL, 1, 0, TIOCSTI],
        [JUMP_EQUAL, 0, 1, TIOCLINUX],
        refuse,
        allow,
      ],
    },
    {
      name: "other sockets",
      instructions: [
        [JUMP_EQUAL, 0, 3 + FAMILIES.length, known.socket],
        load(argumentAt(0)),
        ...FAMILIES.map((family, index): Instruction => [JUMP_EQUAL, FAMILIES.length - index, 0, family]),
        refuse,
        allow,
      ],
    },
  ];
}

/** The filter for `bwrap --seccomp`; null for an architecture whose numbers are not known here. */
export function seccompFilter(architecture: string): Uint8Array | null {
  const rules = seccompRules(architecture);
  return rules && encodeFilter(rules);
}

export function encodeFilter(rules: readonly Rule[]): Uint8Array {
  return encode([load(NUMBER_AT), ...rules.flatMap(({ instructions }) => instructions), allow]);
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
