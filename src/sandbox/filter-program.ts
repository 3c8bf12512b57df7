/** An instruction of classic BPF (linux/filter.h): how many of the next ones are skipped where it holds, and where not. */
export type Instruction = readonly [code: number, holds: number, fails: number, value: number]

/** A program as `struct sock_fprog` has it. */
export interface FilterProgram {
  /** Instructions. */
  length: number
  filter: Uint8Array
}

/** Bytes of `struct sock_filter`. */
const size = 8

/** A filter as the kernel takes it, for a socket or for seccomp, in this machine's byte order. */
export function filterProgram(instructions: readonly Instruction[]): FilterProgram {
  const filter = new Uint8Array(instructions.length * size)
  for (const [at, [code, holds, fails, value]] of instructions.entries()) {
    new Uint16Array(filter.buffer, at * size, 1)[0] = code
    filter.set([holds, fails], at * size + 2)
    new Uint32Array(filter.buffer, at * size + 4, 1)[0] = value
  }
  return { length: instructions.length, filter }
}
