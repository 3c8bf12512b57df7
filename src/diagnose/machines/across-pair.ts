import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { contains, readRange } from '../../model/address.ts'
import type { LabMachine } from '../../model/lab.ts'
import { defaultRoute } from '../../network/cable.ts'
import { knownFor } from '../../network/pinned.ts'
import { answering, proxyArp, routeTo, routeToGateway } from '../../network/routed-pair.ts'
import type { MachineFacts, Route } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { routeWords, type Shown, showNeighbour } from '../show.ts'
import type { PairedPod } from './paired-pods.ts'
import { cardOff, type Port } from './port.ts'
import type { Surroundings } from './surroundings.ts'

/** Crosses a pair: who takes the frame at the other end, or what is off there. The node takes it for an address that it answers for. */
export function acrossPair(
  { machines, ports, pairs }: Surroundings,
  own: Port,
  next: string,
): Port | Evidence {
  const place = own.machine.name
  const other = ports.find(
    ({ machine, segment }) => segment.called === own.segment.called && machine !== own.machine,
  )
  if (other === undefined) return finding(`${own.segment.called} is gone`, undefined)
  const off = endOff(own, pairs) ?? endOff(other, pairs)
  if (off !== undefined) return off
  const entry = machines
    .get(place)
    ?.neighbours?.find(each => each.address === next && each.device === own.declared.name)
  const shown = showNeighbour(place, entry, next)
  if (entry?.mac !== undefined && entry.mac !== other.link?.mac)
    return finding(
      `${place} takes ${entry.mac} for ${next}, which is not the address of ${other.declared.name} of ${other.machine.name}`,
      commandLine({ argv: ['ip', 'neigh', 'delete', next, 'dev', own.declared.name], in: place }),
      shown,
    )
  if (entry?.mac !== undefined || other.link?.addresses.some(({ address }) => address === next)) return other
  const pair = pairs.find(({ pod }) => pod.name === place)
  if (pair === undefined)
    return finding(
      `${other.machine.name} has no ${next}, so ${place} gets no answer to its ARP request`,
      undefined,
      shown,
    )
  return unanswered(pair, other.machine, machines.get(pair.pod.node), shown) ?? other
}

/** Why a node does not answer ARP for an address that is not its own (arp_process in arp.c). That it does not forward is told where it should. */
function unanswered(
  { pod: { name, node, neighbours }, pair: { near, far } }: PairedPod,
  { gateway }: LabMachine,
  facts: MachineFacts | undefined,
  shown: Shown,
): Evidence | undefined {
  const next = near.gateway
  const known = neighbours.find(({ address }) => address === next)
  if (known !== undefined)
    return finding(
      `${name} has lost its neighbour entry for ${next}`,
      commandLine(knownFor(name, known).command),
      shown,
    )
  const key = proxyArp(far.interface)
  const silent = `${node} does not answer when ${name} asks for ${next}`
  const value = facts?.sysctls[key]
  if (value === '0')
    return finding(`${silent}: ${key} is 0 there`, commandLine(answering(far).command), shown, [
      `$ ${commandLine({ argv: ['sysctl', key], in: node })}`,
      `${key} = ${value}`,
    ])
  const routes = facts?.routes ?? []
  if (routes.some(route => route.device !== far.interface && leadsTo(route, next))) return undefined
  return finding(
    `${silent}: it answers only for whom it would forward to, and has no route there itself`,
    gateway === undefined
      ? undefined
      : commandLine({ argv: ['ip', 'route', 'add', 'default', 'via', gateway], in: node }),
    [`$ ip -n ${node} route`, ...routes.map(routeWords)],
  )
}

function leadsTo({ destination }: Route, address: string): boolean {
  if (destination === 'default') return true
  const range = readRange(destination.includes('/') ? destination : `${destination}/32`)
  return !('refusal' in range) && contains(range, address)
}

/** What is off with an end of a pair. The kernel takes the routes over an interface that goes down, so they are made again. */
export function endOff(port: Port, pairs: readonly PairedPod[]): Evidence | undefined {
  const { machine, declared, segment, link } = port
  if (link === undefined) return finding(`${segment.called} is gone`, undefined)
  const off = cardOff(port)
  const [near, far] = [
    pairs.find(({ pod }) => pod.name === machine.name),
    pairs.find(({ pod, pair }) => pod.node === machine.name && pair.far.interface === declared.name),
  ]
  if (off?.mend === undefined) return off
  const again = [
    ...(near === undefined ? [] : [routeToGateway(near.pair), ...defaultRoute(near.pair.near)]),
    ...(far === undefined ? [] : [routeTo(far.pair)]),
  ]
  return { ...off, mend: [off.mend, ...again.map(({ command }) => commandLine(command))].join(' && ') }
}

/** Whether a node sends what is for a pod behind a pair of its own by another way. */
export function pastPair(
  { pairs, ports }: Surroundings,
  place: Place,
  destination: string,
  { device, gateway }: Route,
  shown: Shown,
): Evidence | undefined {
  const one = pairs.find(({ pod }) => pod.node === place && pod.address.address === destination)
  if (one === undefined || device === one.pair.far.interface) return undefined
  const own = ports.find(
    ({ machine, declared }) => machine.name === place && declared.name === one.pair.far.interface,
  )
  const off = own && endOff(own, pairs)
  if (off !== undefined) return { ...off, lines: shown }
  return finding(
    `${place} sends what is for ${destination} to ${gateway ?? device}, since its route to ${one.pod.name} is not there`,
    commandLine(routeTo(one.pair).command),
    shown,
  )
}
