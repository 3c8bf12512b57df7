/** What seccomp(2) runs for each system call, in the words of classic BPF (linux/filter.h). */

export const instruction = {
  load: 0x20,
  and: 0x54,
  ifEqual: 0x15,
  ifAtLeast: 0x35,
  ifAbove: 0x25,
  give: 0x06,
} as const

/** Where struct seccomp_data has the call's number and its ABI. */
export const callAt = { number: 0, abi: 4 } as const

/** What can be given: the call takes place (SECCOMP_RET_ALLOW), or ends with an error at once, 0 for none (SECCOMP_RET_ERRNO). */
export const allowed = 0x7fff0000
export const answered = (errno: number) => 0x00050000 + errno

/** How many of the next instructions are skipped where it holds, and where not. */
export type Instruction = readonly [code: number, holds: number, fails: number, value: number]

/** A filter as the kernel takes it, `length` instructions in this machine's byte order. */
export interface CallFilter {
  length: number
  filter: Uint8Array
}

export function callFilter(instructions: readonly Instruction[]): CallFilter {
  const bytes = new Uint8Array(instructions.length * 8)
  instructions.forEach(([code, holds, fails, value], index) => {
    new Uint16Array(bytes.buffer, index * 8, 1)[0] = code
    bytes.set([holds, fails], index * 8 + 2)
    new Uint32Array(bytes.buffer, index * 8 + 4, 1)[0] = value
  })
  return { length: instructions.length, filter: bytes }
}
