/**
 * Bytes that one transaction may take. iptables-nft sends all that stands before a COMMIT as one message of netlink. For a
 * large one it asks for a larger send buffer with SO_SNDBUFFORCE, which a user namespace does not grant. So the message must fit into
 * net.core.wmem_default, 212,992 bytes where nobody changed it, less 32 (`netlink_sendmsg` in net/netlink/af_netlink.c).
 */
export const mostBytes = 200_000

/** A chain that is made, emptied or deleted, with the table around it. */
export const chainBytes = 100

/** The message's head and a counter. */
const ruleBytes = 110

/** A mask that is not all ones. */
const maskBytes = 60

/** What options take: an address is loaded and compared, a target has a name and a structure. */
const optionBytes = new Map([
  ...['-s', '--source', '-d', '--destination', '-p', '--protocol'].map(option => [option, 110] as const),
  ...['-i', '--in-interface', '-o', '--out-interface'].map(option => [option, 110] as const),
  ...['-j', '--jump', '-g', '--goto'].map(option => [option, 60] as const),
])

/** What the structures of extensions take (measured with iptables 1.8.9); u32 has the largest of all. */
const extensionBytes = new Map([
  ...['addrtype', 'sctp', 'statistic', 'tcp', 'udp'].map(name => [name, 50] as const),
  ...['conntrack', 'mark', 'recent'].map(name => [name, 220] as const),
  ['comment', 290],
  ['u32', 2200],
])
const otherExtensionBytes = 800

/** How much of a message a rule takes, given as the words of its line: an estimate that is not too low. */
export function messageBytes(words: readonly string[]): number {
  let bytes = ruleBytes
  for (const [at, word] of words.entries()) {
    bytes += word.length
    const value = words[at + 1] ?? ''
    const isMatch = word === '-m' || word === '--match'
    const option = isMatch ? (extensionBytes.get(value) ?? otherExtensionBytes) : optionBytes.get(word)
    if (option !== undefined) bytes += option + (value.includes('/') ? maskBytes : 0)
  }
  return bytes
}

/**
 * How much of a message a line for `nft -f` takes: an estimate that is not too low (measured with nft 1.0.6). Rules are of several
 * expressions, and one with a map of its own makes that first, and each of its elements.
 */
export function nftBytes(line: string): number {
  const [, object] = line.split(' ', 2)
  const own = object === 'rule' ? (line.match(/ : /g) ?? []).length : 0
  const heads = new Map([
    ['rule', 300 + (own === 0 ? 0 : 220 + 60 * own)],
    ['set', 200],
    ['map', 200],
  ])
  return line.length + (heads.get(object ?? '') ?? 100)
}

/** Cuts a list, in its order, into runs that one transaction can take; what alone is larger is alone. */
export function inTransactions<T>(
  list: Iterable<T>,
  bytesOf: (item: T) => number,
  most: number = mostBytes,
): T[][] {
  const runs: T[][] = []
  let left = 0
  for (const item of list) {
    const bytes = bytesOf(item)
    if (runs.length === 0 || bytes > left) {
      runs.push([])
      left = most
    }
    runs.at(-1)!.push(item)
    left -= bytes
  }
  return runs
}
