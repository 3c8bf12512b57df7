import { contains, type Family, subnetOf } from '../model/address.ts'
import { gatewayIn, gatewaysOf } from '../model/families.ts'
import type { LabMachine } from '../model/lab.ts'
import { networkInterfaces } from '../model/vxlan.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'

/** Nodes and machines as they were read, and where each stands in the file. */
export interface Routed {
  machines: readonly LabMachine[]
  pathOf(name: string): Path
  findings: Findings
  /** Whether nothing of the file had to be left out: after another mistake nothing is known of who is where. */
  isWhole: boolean
}

/** Tells of next hops that are nobody on a network of the machine, and of routes to the machine's own networks. */
export function checkRoutes(routed: Routed): void {
  const { machines, pathOf, findings } = routed
  for (const machine of machines) {
    const path = pathOf(machine.name)
    const gateways = gatewaysOf(machine)
    for (const [at, gateway] of gateways.entries()) {
      const listed = gateways.length > 1 ? [at] : []
      checkHop(routed, machine, 'gateway', gateway, [...path, 'gateway', ...listed])
    }
    for (const [at, { to, via }] of machine.routes.entries()) {
      checkHop(routed, machine, 'next hop', via, [...path, 'routes', at, 'via'])
      const own = networkInterfaces(machine).flatMap(each => each.addresses.map(subnetOf))
      if (!own.includes(subnetOf(to))) continue
      const message = `${subnetOf(to)} is a network of ${machine.name} itself`
      findings.report([...path, 'routes', at, 'to'], message, 'remove the route')
    }
  }
}

function checkHop(
  { machines, findings, isWhole }: Routed,
  machine: LabMachine,
  what: string,
  hop: string,
  path: Path,
): void {
  const interfaces = networkInterfaces(machine)
  if (!isWhole || interfaces.some(({ addresses }) => addresses.length === 0)) return
  const link = interfaces.find(each => each.addresses.some(cidr => contains(cidr, hop)))
  if (link === undefined) {
    const subnets = interfaces.flatMap(each => each.addresses).map(subnetOf)
    const message = `the ${what} ${hop} is on none of ${machine.name}'s links`
    findings.report(path, message, `they lead to ${subnets.join(', ')}`)
    return
  }
  if (interfaces.some(each => each.addresses.some(({ address }) => address === hop))) {
    findings.report(path, `${hop} is ${machine.name} itself`, 'write the address of its neighbour')
    return
  }
  const others = machines
    .filter(each => each !== machine)
    .flatMap(each => networkInterfaces(each).filter(({ network }) => network === link.network))
    .flatMap(each => each.addresses.map(({ address }) => address))
  if (others.includes(hop)) return
  const fix = didYouMean(hop, others, 'its addresses are')
  const network = link.network.startsWith('VXLAN ') ? link.network : `network ${link.network}`
  findings.report(path, `nobody on ${network} has ${hop}`, fix)
}

/** Whoever follows default routes must not come back to where they were: what is nowhere would go round until its time to live is over. */
export function checkLoops(routed: Routed): void {
  for (const family of ['ipv4', 'ipv6'] as const) checkLoopsIn(routed, family)
}

function checkLoopsIn({ machines, pathOf, findings }: Routed, family: Family): void {
  const told = new Set<LabMachine>()
  for (const machine of machines) {
    const way: LabMachine[] = []
    let at: LabMachine | undefined = machine
    while (at !== undefined && !way.includes(at)) {
      way.push(at)
      at = nextOf(at, machines, family)
    }
    const loop = at === undefined ? [] : way.slice(way.indexOf(at))
    if (loop.length < 2 || loop.some(each => told.has(each))) continue
    for (const each of loop) told.add(each)
    const names = [...loop, loop[0]!].map(({ name }) => name).join(' → ')
    findings.report(
      [...pathOf(loop[0]!.name), 'gateway'],
      `the default routes lead in a circle: ${names}`,
      'one of them must lead elsewhere, or be "none"',
    )
  }
}

/** The machine to which another one's default route leads. */
function nextOf(
  machine: LabMachine,
  machines: readonly LabMachine[],
  family: Family,
): LabMachine | undefined {
  const gateway = gatewayIn(machine, family)
  if (gateway === undefined) return undefined
  const link = networkInterfaces(machine).find(({ addresses }) =>
    addresses.some(cidr => contains(cidr, gateway)),
  )
  return machines.find(each =>
    networkInterfaces(each).some(
      ({ network, addresses }) =>
        network === link?.network && addresses.some(({ address }) => address === gateway),
    ),
  )
}
