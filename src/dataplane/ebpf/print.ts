import { hereDocument } from '../../command/command-line.ts'
import { joinHostPort } from '../../model/address.ts'
import { iptablesOf } from '../../model/families.ts'
import type { BalancedService, RuleSet } from '../balanced-service.ts'
import type { PrintOptions } from '../dataplane.ts'
import { iptables } from '../iptables/iptables.ts'
import type { MapEntry, SocketMap } from '../socket-maps.ts'
import { serviceEntries } from '../socket-services.ts'
import type { ServiceRules } from './rules.ts'

/** Where the maps stand in lines that are printed: who loads the programs says it. */
const folder = '/sys/fs/bpf/netlab'

const mapWords: Readonly<Record<Exclude<SocketMap, 'networks'>, string>> = {
  services: 'a connection there becomes one to an endpoint of this service',
  endpoints: 'one of them, by its number',
  members: 'a client that has been there may stay',
}

/** A script for the shell: it fills the maps of a socket load balancer that is loaded and has no entry yet, and loads the rules beside it. */
export function scriptText({ sockets, packets }: ServiceRules, options: PrintOptions): string {
  const maps = `${hereDocument('bpftool batch file -', batchText(sockets, options))}\n`
  if (packets === undefined) return maps
  const program = `${iptablesOf(packets.family)}-restore --noflush --counters`
  const words = '# whom no program is asked about: clients beyond the node, and SCTP\n'
  return `${maps}\n${options.explain ? words : ''}${hereDocument(program, iptables.text(packets, options))}\n`
}

/** Lines for `bpftool batch file`. */
function batchText({ node, services }: RuleSet, { explain }: Pick<PrintOptions, 'explain'>): string {
  return services
    .map(service => {
      const lines = serviceEntries(node, service).map(entry => {
        const words = entry.map === 'networks' ? '' : mapWords[entry.map]
        return `${explain ? `# ${words}\n` : ''}${updateLine(entry)}\n`
      })
      return `# ${serviceWords(service)}\n${lines.join('')}`
    })
    .join('\n')
}

function updateLine({ map, key, value }: MapEntry): string {
  return `map update pinned ${folder}/${map} key hex ${bytes(key)} value hex ${bytes(value)}`
}

function bytes(hex: string): string {
  return hex.replace(/..(?!$)/g, '$& ')
}

/** `shop/cart: TCP 10.96.0.1:80 → 10.1.0.2:8080, 10.1.0.3:8080` */
export function serviceWords({ name, protocol, frontends, endpoints, affinity }: BalancedService): string {
  const places = frontends.map(({ address, port, nodeOnly }) => {
    return `${joinHostPort(address, port)}${nodeOnly ? ' (on the node itself)' : ''}`
  })
  const target = endpoints.length === 0 ? 'refused: no endpoint may serve it' : endpoints.join(', ')
  const stays =
    affinity > 0 && endpoints.length > 0 ? `; a client stays with its endpoint for ${affinity} s` : ''
  return `${name}: ${protocol} ${places.join(', ')} → ${target}${stays}`
}

/** The same for programs. */
export function toJson(
  { sockets: { node, services }, packets }: ServiceRules,
  options: Pick<PrintOptions, 'jumps'>,
): unknown {
  return { node, services, ...(packets === undefined ? {} : { beside: iptables.json(packets, options) }) }
}
