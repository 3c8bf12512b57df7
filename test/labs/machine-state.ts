import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { execa } from 'execa'
import { isRootOfItsMachine } from '../dataplane/ipvs/has-ipvs.ts'

/** What a lab must leave as it is: the machine's own network, settings, mounts and namespaces. */
export interface MachineState {
  links: unknown
  addresses: unknown
  routes: unknown
  rules: unknown
  firewall: unknown
  sysctls: Readonly<Record<string, string>>
  mounts: readonly string[]
  /** The namespaces of this very process. */
  namespaces: readonly string[]
  /** Names in the places where `ip netns` leaves some. */
  names: readonly string[]
}

/** Reads the machine's state, without what changes by itself: counters, lifetimes, timers. */
export async function machineState(): Promise<MachineState> {
  const [links, addresses, routes, rules, firewall, sysctls] = await Promise.all([
    ip('-d', 'link'),
    ip('address'),
    ip('route', 'show', 'table', 'all'),
    ip('rule'),
    firewallRules(),
    settings(),
  ])
  return {
    links,
    addresses,
    routes,
    rules,
    firewall,
    sysctls,
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n'),
    namespaces: readdirSync('/proc/self/ns').map(name => readlinkSync(`/proc/self/ns/${name}`)),
    names: ['/run/netns', '/etc/netns'].flatMap(folder => (existsSync(folder) ? readdirSync(folder) : [])),
  }
}

/** A machine's state as it must be again: settings that a kernel module brings along when it is loaded are no change. */
export function comparable(state: MachineState, before: MachineState): MachineState {
  const kept = Object.entries(state.sysctls).filter(([key]) => key in before.sysctls)
  // A lab whose root is the machine's limits the machine, which is thrown away with it.
  const limits = Object.entries(before.sysctls).filter(
    ([key]) => isRootOfItsMachine && key.startsWith('user.max_'),
  )
  return { ...state, sysctls: Object.fromEntries([...kept, ...limits]) }
}

/** What the kernel module of dummy links makes when it is loaded, in a machine whose modules are loaded by labs. */
function isOfModule(link: unknown): boolean {
  return isRootOfItsMachine && (link as { ifname?: string }).ifname === 'dummy0'
}

const byItself = new Set([
  'stats',
  'stats64',
  'valid_life_time',
  'preferred_life_time',
  'cacheinfo',
  'expires',
])

async function ip(...argv: string[]): Promise<unknown> {
  const families = argv.includes('route') || argv.includes('rule') ? ['-4', '-6'] : ['-0']
  const texts = await Promise.all(
    families.map(family => output('ip', [...(family === '-0' ? [] : [family]), '-j', ...argv])),
  )
  return texts.map(text => {
    const found = JSON.parse(text || '[]', (key, value) =>
      byItself.has(key) || key.endsWith('_timer') ? undefined : value,
    )
    return (found as unknown[]).filter(one => !isOfModule(one))
  })
}

async function firewallRules(): Promise<unknown> {
  if (process.getuid?.() !== 0) return []
  const text = await output('nft', ['-j', 'list', 'ruleset'])
  return JSON.parse(text || '[]', (key, value) => (key === 'packets' || key === 'bytes' ? 0 : value))
}

/** What counts by itself. */
const counts = /_count$/

async function settings(): Promise<Record<string, string>> {
  const text = await output('sysctl', ['--all', '--pattern', '^(net|user|kernel\\.(host|domain)name)'])
  const pairs = text.split('\n').map(line => line.split(' = '))
  return Object.fromEntries(
    pairs.flatMap(([key = '', value = '']) => (counts.test(key) ? [] : [[key, value]])),
  )
}

async function output(file: string, argv: readonly string[]): Promise<string> {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`
  const { stdout } = await execa(file, argv, { reject: false, env: { PATH: path } })
  return String(stdout)
}
