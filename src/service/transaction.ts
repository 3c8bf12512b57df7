/**
 * Bytes that one transaction may take. iptables-nft sends all that stands before a COMMIT as one message of netlink. For a
 * large one it asks for a larger send buffer with SO_SNDBUFFORCE, which a user namespace does not grant. So the message must fit into
 * net.core.wmem_default, 212,992 bytes where nobody changed it, less 32 (`netlink_sendmsg` in net/netlink/af_netlink.c).
 */
export const mostBytes = 200_000

/** The message's head, the names of table and chain, a target. */
const baseBytes = 180

/** What an option takes that is no extension: an address or an interface is loaded, masked and compared. */
const fieldBytes = 120
const fields = new Set([
  '-s',
  '--source',
  '-d',
  '--destination',
  '-i',
  '-o',
  '-p',
  '--in-interface',
  '--out-interface',
])

/** What an extension's structure takes (measured with iptables 1.8.9); u32 is the largest of all. */
const extensionBytes = new Map([
  ...['addrtype', 'mark', 'sctp', 'statistic', 'tcp', 'udp'].map(name => [name, 130] as const),
  ['comment', 300],
  ['u32', 2200],
])
const otherExtensionBytes = 800

/** How much of a message the words of one line of iptables-restore take: an estimate that is never too low. */
export function messageBytes(words: readonly string[]): number {
  let bytes = baseBytes
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!
    bytes += word.length
    if (word === '-m' || word === '--match')
      bytes += extensionBytes.get(words[at + 1] ?? '') ?? otherExtensionBytes
    else if (fields.has(word)) bytes += fieldBytes
  }
  return bytes
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
