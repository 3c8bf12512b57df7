import { type Family, familyOf } from '../model/address.ts'
import type { Connection, Forwarding, Link, LinkTunnel, Listener, Neighbour, Route } from './facts.ts'

/** The parts of `ip -j -d addr` that are read here. */
interface LinkJson {
  ifname: string
  ifindex?: number
  link_index?: number
  flags?: string[]
  address?: string
  mtu?: number
  master?: string
  addr_info?: { family: string; local: string; prefixlen: number; scope?: string }[]
  linkinfo?: {
    info_kind?: string
    info_data?: { local?: string; remote?: string }
    info_slave_data?: { state?: string; hairpin?: boolean; isolated?: boolean }
  }
}

interface RouteJson {
  dst: string
  type?: string
  gateway?: string
  dev?: string
  protocol?: string
  prefsrc?: string
}

interface NeighbourJson {
  dst: string
  dev: string
  lladdr?: string
  state?: string[]
}

/** As ip(8) calls them. */
const families = { ipv4: 'inet', ipv6: 'inet6' }

/** Reads what `ip -j -d addr` prints, with the addresses of one family but those that every link has by itself. */
export function parseLinks(text: string, family: Family): readonly Link[] | undefined {
  return list<LinkJson>(text)?.map(
    ({
      ifname,
      ifindex,
      link_index,
      flags = [],
      address = '',
      mtu = 0,
      master,
      addr_info = [],
      linkinfo,
    }) => {
      const port = linkinfo?.info_slave_data
      return {
        name: ifname,
        ...(ifindex === undefined ? {} : { index: ifindex }),
        ...(link_index === undefined ? {} : { peer: link_index }),
        up: flags.includes('UP'),
        carrier: flags.includes('LOWER_UP'),
        mac: address,
        mtu,
        addresses: addr_info
          .filter(
            ({ family: of, scope }) => of === families[family] && (family === 'ipv4' || scope !== 'link'),
          )
          .map(info => ({ address: info.local, prefix: info.prefixlen })),
        ...(master === undefined ? {} : { master }),
        ...(port?.state === undefined
          ? {}
          : {
              port: { state: port.state, hairpin: port.hairpin ?? false, isolated: port.isolated ?? false },
            }),
        ...(linkinfo?.info_kind === 'ipip' ? { tunnel: tunnelOf(linkinfo.info_data) } : {}),
      }
    },
  )
}

/** ip(8) says `any` where a tunnel has no end that it has to have. */
function tunnelOf({ local = 'any', remote = 'any' }: { local?: string; remote?: string } = {}): LinkTunnel {
  return {
    kind: 'ipip',
    ...(local === 'any' ? {} : { local }),
    ...(remote === 'any' ? {} : { remote }),
  }
}

/** Reads what `ip -j route` prints, or `ip -j route get`. */
export function parseRoutes(text: string): readonly Route[] | undefined {
  return list<RouteJson>(text)?.map(({ type, dst, gateway, dev = '', protocol, prefsrc }) => ({
    destination: dst,
    device: dev,
    ...(type === undefined || type === 'unicast' ? {} : { type }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(prefsrc === undefined ? {} : { source: prefsrc }),
  }))
}

interface ForwardingJson {
  mac?: string
  dst?: string
}

/** Reads `bridge -json fdb show`; entries that lead nowhere else are left out. */
export function parseForwarding(text: string): readonly Forwarding[] | undefined {
  return list<ForwardingJson>(text)?.flatMap(({ mac, dst }) =>
    mac === undefined || dst === undefined ? [] : [{ mac, to: dst }],
  )
}

/** Reads what `ip -j neigh` prints of one family. */
export function parseNeighbours(text: string, family: Family): readonly Neighbour[] | undefined {
  return list<NeighbourJson>(text)
    ?.filter(({ dst }) => familyOf(dst) === family)
    .map(({ dst, dev, lladdr, state = [] }) => ({
      address: dst,
      device: dev,
      state: state.join(','),
      ...(lladdr === undefined ? {} : { mac: lladdr }),
    }))
}

function list<Item>(text: string): Item[] | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '[]' : text)
    // Some versions of ip(8) print an empty object for a route of another kind.
    return Array.isArray(value) ? (value as (Item | object)[]).filter(isFilled<Item>) : undefined
  } catch {
    return undefined
  }
}

function isFilled<Item>(item: Item | object): item is Item {
  return Object.keys(item as object).length > 0
}

/** Reads what `ss -H -l -t -n` prints. */
export function parseListeners(text: string): readonly Listener[] {
  return text.split('\n').flatMap(line => {
    const [, address, port] = /^LISTEN\s+\d+\s+\d+\s+(\S+):(\d+)\s/.exec(line) ?? []
    return address === undefined ? [] : [{ address: address.replace(/%.*/, ''), port: Number(port) }]
  })
}

/** Reads what `conntrack -L` prints. */
export function parseConnections(text: string): readonly Connection[] {
  return text.split('\n').flatMap(line => {
    // src= dst= sport= dport= stand twice: as the client sent it, then as the answer comes.
    const [sent, answer] = line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)
    if (sent === undefined || answer === undefined) return []
    return [
      {
        source: sent[1]!,
        destination: sent[2]!,
        sourcePort: Number(sent[3]),
        port: Number(sent[4]),
        replySource: answer[1]!,
        replyDestination: answer[2]!,
        replySourcePort: Number(answer[3]),
        unreplied: line.includes('[UNREPLIED]'),
        text: line.replaceAll(/\s+/g, ' ').trim(),
      },
    ]
  })
}

/** Reads what `sysctl` prints: `net.ipv4.ip_forward = 1`. */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/^([\w.-]+) = (.*)$/gm)]
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value.trim()]))
}
