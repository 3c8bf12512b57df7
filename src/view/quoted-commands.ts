/** Programs by whose names a command in a hint is known. */
const programs =
  'arp|bridge|cat|conntrack|curl|for|ip|ip6tables|ipset|iptables|iptables-save|ipvsadm|nft|ping|ss|sysctl|tcpdump'

const quoted = new RegExp(`["“]((?:${programs}) [^"”…]+)["”]`, 'g')

/** The commands that a text has in double quotes, each once: a program's name with what follows; one with an … is no whole one. */
export function quotedCommands(text: string): string[] {
  return [...new Set([...text.matchAll(quoted)].map(([, command = '']) => command))]
}
