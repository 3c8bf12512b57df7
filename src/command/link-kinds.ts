import { parseIp, tunnelKind, valueAfter } from './ip-argv.ts'

/**
 * Links that the kernel brings into each network namespace by itself as soon as it has their kind, and what kind that is
 * (net/ipv4/ipip.c, ip_gre.c, net/ipv6/sit.c; `net.core.fb_tunnels_only_for_init_net` keeps them to the first namespace).
 */
export const broughtLinks: ReadonlyMap<string, string> = new Map([
  ['tunl0', 'ipip'],
  ['gre0', 'gre'],
  ['sit0', 'sit'],
])

/**
 * The kinds of links that a command needs of its kernel: those that it makes, and those of links that only come with their kind. What
 * is given to a shell is looked through as well.
 */
export function linkKindsOf(argv: readonly string[]): ReadonlySet<string> {
  return new Set(commandsIn(argv).flatMap(kindsOfIp))
}

function kindsOfIp(argv: readonly string[]): string[] {
  const ip = parseIp(argv)
  if (ip === undefined) return []
  const { object, verb, words } = ip
  const brought = words.flatMap(word => broughtLinks.get(word) ?? [])
  const made =
    object === 'link' && ['add', 'replace'].includes(verb)
      ? valueAfter(words, 'type')
      : object === 'tunnel' && verb === 'add'
        ? tunnelKind(words)
        : undefined
  return made === undefined ? brought : [...brought, made]
}

/** Commands that start commands are followed so deep: enough for people, and an end for a file that is there to cost time. */
const deepest = 8

/** A command, or those of the text that it gives to a shell; also those that another one starts in a namespace. */
function commandsIn(argv: readonly string[], depth = 0): readonly (readonly string[])[] {
  if (depth > deepest) return []
  const ip = parseIp(argv)
  if (ip?.object === 'netns' && ip.verb === 'exec') return commandsIn(ip.words.slice(1), depth + 1)
  const [program = '', option = '', text] = argv
  if (!/^(ba|da)?sh$/.test(program) || !/^-[a-z]*c[a-z]*$/.test(option) || text === undefined) return [argv]
  // Its quotes and what separates its commands are enough to find words; what stands in variables is not found.
  return text
    .split(/&&|\|\||[;|&\n(){}]/)
    .map(line => line.trim().split(/\s+/).map(unquoted))
    .flatMap(words =>
      commandsIn(
        words.slice(words.findIndex(word => !/^(\w+=.*|!|if|then|else|do|while|exec)$/.test(word))),
        depth + 1,
      ),
    )
}

function unquoted(word: string): string {
  return word.replaceAll(/["']/g, '')
}
