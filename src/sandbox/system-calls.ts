/** Numbers of system calls that are called, or kept from programs, by their number. */
export interface SystemCalls {
  keyctl: number
  seccomp: number
  /** On 32-bit processors the one that takes long ids. */
  setgroups: number
}

/** Of each processor, unlike those of newer calls (its syscall table). */
const tables: Partial<Record<string, SystemCalls>> = {
  x64: { keyctl: 250, seccomp: 317, setgroups: 116 },
  arm64: { keyctl: 219, seccomp: 277, setgroups: 159 },
  riscv64: { keyctl: 219, seccomp: 277, setgroups: 159 },
  loong64: { keyctl: 219, seccomp: 277, setgroups: 159 },
  arm: { keyctl: 311, seccomp: 383, setgroups: 206 },
  ia32: { keyctl: 288, seccomp: 354, setgroups: 206 },
  ppc64: { keyctl: 271, seccomp: 358, setgroups: 81 },
  s390x: { keyctl: 280, seccomp: 348, setgroups: 206 },
}

/** Those of this processor; undefined where it is not known. */
export function systemCalls(): SystemCalls | undefined {
  return tables[process.arch]
}
