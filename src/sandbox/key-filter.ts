/**
 * A seccomp filter that answers add_key(2), request_key(2) and keyctl(2) as a kernel without keys does. A session's keyring can be
 * left behind, but a user's own (`@u`, with Kerberos tickets, say) opens to every process with the user's id, whoever names its number.
 */

/** Of each system call ABI (linux/audit.h) the first of the three, which follow each other (its syscall table). */
const keyCalls: readonly (readonly [abi: number, addKey: number])[] = [
  [0xc000003e, 248], // x86-64, and x32 with a bit more
  [0x40000003, 286], // i386
  [0xc00000b7, 217], // arm64
  [0x40000028, 309], // arm
  [0xc00000f3, 217], // riscv64
  [0xc0000102, 217], // loong64
  [0xc0000015, 269], // ppc64le
  [0x80000016, 278], // s390x
]

const x32Bit = 0x40000000
const load = 0x20
const and = 0x54
const ifEqual = 0x15
const ifAtLeast = 0x35
const ifAbove = 0x25
const give = 0x06
/** Where struct seccomp_data has the call's number and its ABI. */
const [number, abiOf] = [0, 4]
const allow = 0x7fff0000
const withoutKeys = 0x00050000 + 38 // SECCOMP_RET_ERRNO and ENOSYS

/** An instruction of classic BPF (linux/filter.h): how many of the next ones are skipped where it holds, and where not. */
type Instruction = readonly [code: number, holds: number, fails: number, value: number]

function instructions(): Instruction[] {
  return [
    [load, 0, 0, abiOf],
    ...keyCalls.flatMap(([abi, addKey]): Instruction[] => [
      [ifEqual, 0, 6, abi],
      [load, 0, 0, number],
      [and, 0, 0, ~x32Bit >>> 0],
      [ifAtLeast, 0, 2, addKey],
      [ifAbove, 1, 0, addKey + 2],
      [give, 0, 0, withoutKeys],
      [give, 0, 0, allow],
    ]),
    [give, 0, 0, allow],
  ]
}

/** The filter as the kernel takes it, `length` instructions in this machine's byte order. */
export function keyFilter(): { length: number; filter: Uint8Array } {
  const program = instructions()
  const bytes = new Uint8Array(program.length * 8)
  program.forEach(([code, holds, fails, value], index) => {
    new Uint16Array(bytes.buffer, index * 8, 1)[0] = code
    bytes.set([holds, fails], index * 8 + 2)
    new Uint32Array(bytes.buffer, index * 8 + 4, 1)[0] = value
  })
  return { length: program.length, filter: bytes }
}
