/** Words of classic BPF (linux/filter.h) in which seccomp(2) is told what to do with each system call. */
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
