import type { Place } from './command.ts'
import { type ListedServer, type ListedServers, serverKey } from './ipvs-list.ts'
import { own } from './own.ts'

/** A virtual server as it was made, and its real servers. */
interface KnownServer {
  add: readonly string[]
  /** Address → the command that added it, or edited it last, as one that adds it. */
  realServers: Map<string, readonly string[]>
}

const shortVerbs: Readonly<Record<string, string>> = {
  '--add-service': '-A',
  '--edit-service': '-E',
  '--delete-service': '-D',
  '--add-server': '-a',
  '--edit-server': '-e',
  '--delete-server': '-d',
  '--clear': '-C',
}

const protocols: Readonly<Record<string, ListedServer['protocol']>> = {
  '-t': 'TCP',
  '--tcp-service': 'TCP',
  '-u': 'UDP',
  '--udp-service': 'UDP',
  '--sctp-service': 'SCTP',
}

const serviceOptions = new Set([...Object.keys(protocols), '-f', '--fwmark-service'])

/** What the kernel takes where a command says nothing: a scheduler, and seconds of persistence (ipvsadm(8)). */
const [usualScheduler, usualPersistence] = ['wlc', '300']

/** The virtual servers of IPVS that commands have made so far. */
export class IpvsState {
  readonly #servers = new Map<string, KnownServer>()

  /** Notes a command, and returns those that take it back. */
  note(place: Place, argv: readonly string[]): readonly (readonly string[])[] {
    const verb = shortVerbs[argv[1] ?? ''] ?? argv[1]
    if (verb === '-C') return this.#clear(place)
    const at = argv.findIndex(word => serviceOptions.has(word))
    const service = argv.slice(at, at + 2)
    if (at === -1 || service.length < 2) return []
    const key = `${place} ${service.join(' ')}`
    switch (verb) {
      case '-A':
        this.#servers.set(key, { add: argv, realServers: new Map() })
        return [['ipvsadm', '-D', ...service]]
      case '-E':
        return this.#edit(key, argv)
      case '-D': {
        const known = this.#servers.get(key)
        this.#servers.delete(key)
        return known === undefined ? [] : restored(known)
      }
      case '-a':
      case '-e':
      case '-d':
        return this.#realServer(key, verb, argv, service)
      default:
        return []
    }
  }

  /** Those of a place, as the kernel lists them; it has no connections. */
  servers(place: Place): ListedServers {
    const own = [...this.#servers].filter(([key]) => key.startsWith(`${place} `))
    return new Map(own.flatMap(([, known]) => listed(known)))
  }

  #clear(place: Place): readonly (readonly string[])[] {
    const gone = [...this.#servers].filter(([key]) => key.startsWith(`${place} `))
    for (const [key] of gone) this.#servers.delete(key)
    return gone.flatMap(([, known]) => restored(known))
  }

  #edit(key: string, argv: readonly string[]): readonly (readonly string[])[] {
    const known = this.#servers.get(key)
    if (known === undefined) return []
    const before = known.add
    known.add = withVerb(argv, '-A')
    return [withVerb(before, '-E')]
  }

  #realServer(
    key: string,
    verb: '-a' | '-e' | '-d',
    argv: readonly string[],
    service: readonly string[],
  ): readonly (readonly string[])[] {
    const named = argv.findIndex(word => word === '-r' || word === '--real-server')
    const realServer = argv[named + 1]
    if (named === -1 || realServer === undefined) return []
    const realServers = this.#servers.get(key)?.realServers
    const before = realServers?.get(realServer)
    if (verb === '-d') {
      realServers?.delete(realServer)
      return before === undefined ? [] : [before]
    }
    realServers?.set(realServer, withVerb(argv, '-a'))
    if (verb === '-a') return [['ipvsadm', '-d', ...service, '-r', realServer]]
    return before === undefined ? [] : [withVerb(before, '-e')]
  }
}

function withVerb([program = '', , ...rest]: readonly string[], verb: string): readonly string[] {
  return [program, verb, ...rest]
}

function restored({ add, realServers }: KnownServer): readonly (readonly string[])[] {
  return [add, ...realServers.values()]
}

/** One by a mark has no address. */
function listed({ add, realServers }: KnownServer): [string, ListedServer][] {
  const at = add.findIndex(word => own(protocols, word) !== undefined)
  const [protocol, address] = [own(protocols, add[at] ?? ''), add[at + 1]]
  if (protocol === undefined || address === undefined) return []
  const server = {
    protocol,
    address,
    scheduler: valueBehind(add, ['-s', '--scheduler']) ?? usualScheduler,
    persistent: Number(valueBehind(add, ['-p', '--persistent'], usualPersistence) ?? 0),
    realServers: new Map(
      [...realServers].map(([each, argv]) => [
        each,
        { weight: Number(valueBehind(argv, ['-w', '--weight']) ?? 1), connections: 0 },
      ]),
    ),
  }
  return [[serverKey(server), server]]
}

/** What follows an option; `unsaid`, where it stands there without a value. */
function valueBehind(argv: readonly string[], names: readonly string[], unsaid?: string): string | undefined {
  const at = argv.findIndex(word => names.includes(word))
  const value = at === -1 ? undefined : argv[at + 1]
  return at !== -1 && (value === undefined || value.startsWith('-')) ? unsaid : value
}
