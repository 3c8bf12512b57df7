/**
 * A seccomp filter that answers add_key(2), request_key(2) and keyctl(2) as a kernel without keys does. A session's keyring can be
 * left behind, but a user's own (`@u`, with Kerberos tickets, say) opens to every process with the user's id, whoever names its number.
 */

import { allowed, answered, callAt, instruction } from './call-filter.ts'
import { type FilterProgram, filterProgram, type Instruction } from './filter-program.ts'

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
const ENOSYS = 38
const { load, and, ifEqual, ifAtLeast, ifAbove, give } = instruction

function instructions(): Instruction[] {
  return [
    [load, 0, 0, callAt.abi],
    ...keyCalls.flatMap(([abi, addKey]): Instruction[] => [
      [ifEqual, 0, 6, abi],
      [load, 0, 0, callAt.number],
      [and, 0, 0, ~x32Bit >>> 0],
      [ifAtLeast, 0, 2, addKey],
      [ifAbove, 1, 0, addKey + 2],
      [give, 0, 0, answered(ENOSYS)],
      [give, 0, 0, allowed],
    ]),
    [give, 0, 0, allowed],
  ]
}

/** The filter as the kernel takes it. */
export function keyFilter(): FilterProgram {
  return filterProgram(instructions())
}
