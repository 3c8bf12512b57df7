import type { Place } from '../command/command.ts'
import { joinHostPort } from '../model/address.ts'
import type { Check, Pod } from '../model/lab.ts'

/** Who asks what, in the words of `netlab trace FROM URL`. */
export interface TracedQuestion {
  from: Place
  url: string
}

/** What asks the same as a check does, with the name server of one of the pods where the check names none; undefined where a trace cannot: the check asks nobody, or in a way of its own (over TCP, from a certain port). */
export function questionOf(check: Check, pods: readonly Pod[] = []): TracedQuestion | undefined {
  const { from } = check
  if (check.kind === 'curl') return { from, url: check.url }
  const [program = '', ...words] = check.argv
  if (program === 'dig') return digQuestion(pods, from, words)
  return program === 'ping' ? pingQuestion(from, words) : undefined
}

/** A name server that `@` names, or else the first one of whoever asks. */
function digQuestion(
  pods: readonly Pod[],
  from: Place,
  words: readonly string[],
): TracedQuestion | undefined {
  const options = words.filter(word => /^\+(?:short|time=\d+|tries=\d+)$/.test(word))
  const servers = words.filter(word => word.startsWith('@'))
  const names = words.filter(word => /^[a-z0-9_]/i.test(word))
  const server = servers[0]?.slice(1) ?? pods.find(({ name }) => name === from)?.nameservers[0]
  const isWhole = options.length + servers.length + names.length === words.length
  if (!isWhole || names.length !== 1 || servers.length > 1 || server === undefined) return undefined
  return { from, url: `udp://${joinHostPort(server, 53)}/${names[0]}` }
}

/** How often and how long it asks makes no difference to the way of a ping. */
function pingQuestion(from: Place, words: readonly string[]): TracedQuestion | undefined {
  const rest = words.join(' ').replaceAll(/(?:^| )-(?:[46nq]+|[ciwW] ?[\d.]+)(?= |$)/g, '')
  const [, address] = /^ ?([^ -][^ ]*)$/.exec(rest) ?? []
  return address === undefined ? undefined : { from, url: `ping://${address}` }
}
