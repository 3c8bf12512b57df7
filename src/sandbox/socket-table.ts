/**
 * The address that a socket of this network namespace is really connected to, by what /proc/net/udp, tcp, udp6 or tcp6 has printed
 * (proc_pid_net(5)): getpeername(2) tells the one that was asked for, where a socket load balancer has put another in its place. Undefined: no such socket.
 */
export function peerIn(table: string, localPort: number): string | undefined {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0')
  for (const line of table.split('\n')) {
    const [, own, remote = ''] = /^ *\d+: [\dA-F]+:([\dA-F]{4}) ([\dA-F]+):[\dA-F]{4} /.exec(line) ?? []
    if (own === port) return addressOf(remote)
  }
  return undefined
}

/** Words of four bytes as this machine has them in memory, which netlab runs on only where the lowest byte comes first. */
function addressOf(words: string): string {
  const bytes = (words.match(/.{8}/g) ?? []).flatMap(word => (word.match(/../g) ?? []).toReversed())
  if (bytes.length === 4) return bytes.map(byte => Number.parseInt(byte, 16)).join('.')
  const groups = (bytes.join('').match(/.{4}/g) ?? []).join(':')
  const [, mapped] = /^(?:0000:){5}FFFF:(.{4}:.{4})$/.exec(groups) ?? []
  return mapped === undefined
    ? groups.toLowerCase()
    : (mapped.replace(':', '').match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.')
}
