import { expect, test } from 'vitest'
import { pinnedHardwareAddress } from '../../src/model/machine.ts'
import { openSession, type Session } from '../labs/cli.ts'

/** An interface as it is compared. */
interface Interface {
  name: string
  /** Else the kernel has chosen the hardware address. */
  isPinned: boolean
  isUp: boolean
  bridge: unknown
  hairpin: unknown
  addresses: readonly string[]
  addrGenMode: string
  /** A bridge's comes and stays with its first port. */
  hasLinkLocal: boolean | undefined
}

interface PlaceState {
  interfaces: readonly Interface[]
  routes: readonly string[]
  /** Neighbours that are known for good. */
  permanent: readonly string[]
}

type Json = Record<string, unknown>

/** 195 pods that nothing happens to, and others. */
function lab(others: string): string {
  const crowd = Array.from({ length: 195 }, (_, at) => `  c${at}: 10.0.2.${at + 50}/24\n`)
  return `name: crowd
sysctls: {net.ipv4.ip_forward: 1}
bridges:
  - {name: br1, address: 10.0.1.1/24, hairpin: true}
  - {name: br2, address: 10.0.2.1/24}
  - {name: br3, address: 10.0.3.1/24}
outside: {client: 192.0.2.10/24}
pods:
${crowd.join('')}${others}`
}

const few = lab(`  router: 10.0.1.2/24
  routed: {address: 10.0.1.3/24, gateway: 10.0.1.2}
  moved: 10.0.1.4/24
  gone: 10.0.2.5/24
`)
const many = lab(`  router: 10.0.1.2/24
  routed: {address: 10.0.1.3/24, gateway: 10.0.1.2}
  moved: 10.0.2.4/24
  heir: 10.0.2.5/24
  n1: 10.0.1.6/24
  n2: {address: 10.0.2.7/24, veth: cable}
`)
/** Pods of both kinds, and those at either end of the crowd. */
const looked = 'c0 c100 c194 router routed moved gone heir n1 n2 client'

const script = `
show() {
  echo "== $1"
  shift
  "$@" ip -d -j address
  "$@" ip -j route
  "$@" ip -j neigh show nud permanent
}
show host
for place in $*; do
  if [ -e "/run/netns/$place" ]; then show "$place" nsenter "--net=/run/netns/$place" --; fi
done
`

async function stateOf(session: Session, name: string): Promise<Record<string, PlaceState>> {
  const text = await fine(session, 'exec', name, '--', 'sh', '-c', script, 'sh', ...looked.split(' '))
  return Object.fromEntries(
    text
      .split(/^== /m)
      .slice(1)
      .map(section => {
        const [place = '', ...answers] = section.trim().split('\n')
        const [links, routes, neighbours] = answers.map(each => JSON.parse(each) as Json[])
        const permanent = neighbours!.map(({ dst, dev, lladdr }) => `${dst} ${dev} ${lladdr}`).sort()
        return [place, { interfaces: interfacesOf(links!), routes: routes!.map(routeText).sort(), permanent }]
      }),
  )
}

function interfacesOf(links: readonly Json[]): Interface[] {
  const all = links.map((link): Interface => {
    const all = link.addr_info as Json[]
    const ipv4 = all.filter(({ family }) => family === 'inet').map(({ local }) => String(local))
    const { info_kind: kind, info_slave_data: port } = (link.linkinfo ?? {}) as Json
    return {
      name: String(link.ifname),
      isPinned: ipv4.some(address => link.address === pinnedHardwareAddress(address)),
      isUp: (link.flags as string[]).includes('UP'),
      bridge: link.master,
      hairpin: (port as Json | undefined)?.hairpin,
      addresses: ipv4,
      addrGenMode: String(link.inet6_addr_gen_mode),
      hasLinkLocal:
        kind === 'bridge' ? undefined : all.some(({ local }) => String(local).startsWith('fe80:')),
    }
  })
  return all.sort((one, other) => one.name.localeCompare(other.name))
}

function routeText({ dst, gateway, dev, protocol, prefsrc }: Json): string {
  return [dst, gateway, dev, protocol, prefsrc].map(String).join(' ')
}

/** A hardware address that the kernel has chosen in the one may be any in the other; any does. */
function expectAlike(state: Record<string, PlaceState>, expected: Record<string, PlaceState>): void {
  const forgiving = Object.entries(state).map(([place, { interfaces, ...rest }]) => {
    const isPinned = new Map(expected[place]?.interfaces.map(each => [each.name, each.isPinned]))
    return [
      place,
      {
        ...rest,
        interfaces: interfaces.map(each => ({ ...each, isPinned: each.isPinned && isPinned.get(each.name) })),
      },
    ]
  })
  expect(Object.fromEntries(forgiving)).toEqual(expected)
}

async function fine(session: Session, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await session.netlab(...argv)
  expect({ argv, code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

test('a lab that crosses 200 pods, and comes back, has what one that is brought up so has', async () => {
  const session = openSession()
  const file = session.file('crowd.yaml', few)
  await fine(session, 'up', file, '-q')
  const asFew = await stateOf(session, 'crowd')
  expect(asFew.host?.permanent).toEqual([])

  session.file('crowd.yaml', many)
  const [, stdout] = await Promise.all([
    fine(session, 'up', file, '--name', 'fresh', '-q'),
    fine(session, 'apply', 'crowd'),
  ])
  expect(stdout).toContain('Pin hardware addresses')
  const asMany = await stateOf(session, 'fresh')
  expect(asMany.host?.permanent).toHaveLength(201)
  expect(asMany.c0?.interfaces).toMatchObject([{ isPinned: true, hasLinkLocal: false }, { name: 'lo' }])
  expectAlike(await stateOf(session, 'crowd'), asMany)

  session.file('crowd.yaml', few)
  await Promise.all([fine(session, 'apply', 'crowd'), fine(session, 'down', 'fresh')])
  expectAlike(await stateOf(session, 'crowd'), asFew)
})
