/** Where things are in the program that is made: see `elf.ts`. */
export interface Layout {
  /** Address of the records, seven words each: the number of a call and its six arguments. */
  readonly table: number;
  readonly count: number;
}

/** A call's answer takes the place of its number. */
export const RECORD_BYTES = 56;

/** Assembles the program that makes each call of the table, writes the table to standard output and ends. */
export type Assemble = (layout: Layout) => Uint8Array;

const word32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

/** `enter` is the instruction that asks the kernel. */
const x64 =
  (enter: readonly [number, number]): Assemble =>
  ({ table, count }) => {
    const each: number[] = [
      [0x48, 0x8b, 0x03], // mov rax, [rbx]
      [0x48, 0x8b, 0x7b, 0x08], // mov rdi, [rbx+8]
      [0x48, 0x8b, 0x73, 0x10], // mov rsi, [rbx+16]
      [0x48, 0x8b, 0x53, 0x18], // mov rdx, [rbx+24]
      [0x4c, 0x8b, 0x53, 0x20], // mov r10, [rbx+32]
      [0x4c, 0x8b, 0x43, 0x28], // mov r8, [rbx+40]
      [0x4c, 0x8b, 0x4b, 0x30], // mov r9, [rbx+48]
      enter,
      [0x48, 0x89, 0x03], // mov [rbx], rax
      [0x48, 0x83, 0xc3, RECORD_BYTES], // add rbx, 56
      [0x41, 0xff, 0xcf], // dec r15d
    ].flat();
    return Uint8Array.from(
      [
        [0xbb, ...word32(table)], // mov ebx, table
        [0x41, 0xbf, ...word32(count)], // mov r15d, count
        each,
        [0x75, 0x100 - (each.length + 2)], // jnz, back to the first of each
        [0xb8, 1, 0, 0, 0], // mov eax, write
        [0xbf, 1, 0, 0, 0], // mov edi, standard output
        [0xbe, ...word32(table)], // mov esi, table
        [0xba, ...word32(count * RECORD_BYTES)], // mov edx, its size
        [0x0f, 0x05], // syscall
        [0xb8, 60, 0, 0, 0], // mov eax, exit
        [0x31, 0xff], // xor edi, edi
        [0x0f, 0x05], // syscall
      ].flat(),
    );
  };

const arm64: Assemble = ({ table, count }) => {
  const move = (register: number, value: number) => [
    0xd280_0000 | ((value & 0xffff) << 5) | register, // movz
    0xf2a0_0000 | ((value >>> 16) << 5) | register, // movk, the upper half
  ];
  const each = [
    0xf940_0268, // ldr x8, [x19]
    ...[0, 1, 2, 3, 4, 5].map((index) => 0xf940_0260 | ((index + 1) << 10) | index), // ldr x0..x5
    0xd400_0001, // svc 0
    0xf900_0260, // str x0, [x19]
    0x9100_0273 | (RECORD_BYTES << 10), // add x19, x19, 56
    0x7100_0694, // subs w20, w20, 1
  ];
  const back = (-each.length & 0x7_ffff) << 5;
  const words = [
    ...move(19, table),
    ...move(20, count),
    ...each,
    0x5400_0001 | back, // b.ne, back to the first of each
    ...move(8, 64), // write
    ...move(0, 1),
    ...move(1, table),
    ...move(2, count * RECORD_BYTES),
    0xd400_0001,
    ...move(8, 93), // exit
    ...move(0, 0),
    0xd400_0001,
  ];
  return Uint8Array.from(words.flatMap(word32));
};

/** The 64-bit way into the kernel, and, where there is one, the 32-bit way that 64-bit programs can take as well. */
export const WAYS: Readonly<
  Record<string, { readonly machine: number; readonly call: Assemble; readonly old?: Assemble }>
> = {
  x64: { machine: 62, call: x64([0x0f, 0x05]), old: x64([0xcd, 0x80]) },
  arm64: { machine: 183, call: arm64 },
};
