/** The mark that a bit of a packet's mark is, as the tools take it: `0x4000`. */
export function markOf(bit: number): string {
  return `0x${(2 ** bit).toString(16)}`
}
