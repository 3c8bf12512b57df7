import { effectKey, type Rule } from '../../command/iptables-rule.ts'
import { type ListedRule, parseSaved, type Tables } from '../../command/iptables-save.ts'
import { type Family, joinHostPort } from '../../model/address.ts'
import type { ProxySettings } from '../../model/lab.ts'
import { isServiceChain } from './chain-names.ts'
import { compileServices } from './compile.ts'
import { destinationOf, optionOf, targetOf } from './saved-rule.ts'

/** A node's rules as iptables-save printed them, with a line in plain words before each of kube-proxy's; nothing else is needed than the rules. */
export function explainSaved(text: string, family: Family, settings: ProxySettings): string {
  const saved = parseSaved(text)
  const explain = explainer(saved, family, settings)
  const numbers = new Map<string, number>()
  let table = ''
  const lines = text.split('\n').map(line => {
    if (line.startsWith('*')) table = line.slice(1)
    const [, chain = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(line) ?? []
    if (chain === '') return line
    const at = numbers.get(`${table} ${chain}`) ?? 0
    numbers.set(`${table} ${chain}`, at + 1)
    const rule = saved.get(table)?.get(chain)?.rules[at]
    const words = rule === undefined ? undefined : explain(rule)
    return words === undefined ? line : `# ${words}\n${line}`
  })
  return lines.join('\n')
}

type Explainer = (rule: ListedRule) => string | undefined

function explainer(saved: Tables, family: Family, settings: ProxySettings): Explainer {
  const common = commonRules(family, settings)
  const services = servicesByHash(saved)
  const endpoints = endpointsByChain(saved)
  return rule => {
    const known = common.get(`${rule.table} ${rule.chain} ${effectKey(rule)}`)
    if (known !== undefined) return known
    const name = services.get(hashOf(rule.chain)) ?? services.get(hashOf(targetOf(rule) ?? ''))
    const facts = { ...factsOf(rule), name: name ?? 'a service', endpoints }
    if (rule.table === 'filter') return filterWords(rule, facts)
    if (rule.chain === 'KUBE-SERVICES') return entryWords(rule, facts)
    if (rule.chain === 'KUBE-NODEPORTS')
      return `port ${facts.dport} of this node is a node port of ${facts.name}`
    const [, kind] = /^KUBE-(SVC|SVL|SEP|EXT|FW)-/.exec(rule.chain) ?? []
    switch (kind) {
      case 'SVC':
      case 'SVL':
        return balancingWords(rule, saved, facts)
      case 'SEP':
        return endpointWords(rule, facts)
      case 'EXT':
        return externalWords(rule, facts)
      case 'FW':
        return firewallWords(rule, saved, facts)
      default:
        return undefined
    }
  }
}

/** The rules that each node has, whatever its services: their words are those of the rules that kube-proxy would write. */
function commonRules(family: Family, settings: ProxySettings): ReadonlyMap<string, string> {
  const node = { name: 'node', addresses: [] }
  const { nat, filter, jumps } = compileServices({ services: [], slices: [], settings, node, family })
  return new Map([
    ...[nat, filter].flatMap(({ name, chains }) =>
      chains.flatMap(chain =>
        chain.rules.map(rule => [`${name} ${chain.name} ${effectKey(rule)}`, rule.explain] as const),
      ),
    ),
    ...jumps.map(jump => [`${jump.table} ${jump.from} ${effectKey(jump)}`, jump.explain] as const),
  ])
}

/** The chains of a service port share a hash of its name; where its traffic is caught a comment tells the name. */
function servicesByHash(saved: Tables): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const chain of ['KUBE-SERVICES', 'KUBE-NODEPORTS'])
    for (const rule of saved.get('nat')?.get(chain)?.rules ?? []) {
      const name = /^\S+\/\S+/.exec(commentOf(rule))?.[0]
      const target = targetOf(rule) ?? ''
      if (name !== undefined && isServiceChain(target)) found.set(hashOf(target), name)
    }
  return found
}

function endpointsByChain(saved: Tables): ReadonlyMap<string, string> {
  const chains = [...(saved.get('nat')?.values() ?? [])]
  return new Map(
    chains.flatMap(({ name, rules }) => {
      const address = rules.map(destinationOf).find(each => each !== undefined)
      return address === undefined ? [] : [[name, address] as const]
    }),
  )
}

function hashOf(chain: string): string {
  return /^KUBE-\w+-(\w+)$/.exec(chain)?.[1] ?? ''
}

function commentOf(rule: Rule): string {
  return optionOf(rule, '--comment') ?? ''
}

/** What a rule asks of packets, as far as its words need it. */
interface Facts {
  name: string
  endpoints: ReadonlyMap<string, string>
  destination: string
  dport: number
  source: string | undefined
  isFromLocal: boolean
  /** What kube-proxy tells pods by, of a rule for all others. */
  pods: string | undefined
}

function factsOf(rule: Rule): Omit<Facts, 'name' | 'endpoints'> {
  const bare = (address: string) => address.replace(/\/(32|128)$/, '')
  const [source, network, link] = [
    optionOf(rule, '-s'),
    optionOf(rule, '-s', true),
    optionOf(rule, '-i', true),
  ]
  return {
    destination: bare(optionOf(rule, '-d') ?? ''),
    dport: Number(optionOf(rule, '--dport') ?? 0),
    source: source === undefined ? undefined : bare(source),
    isFromLocal: optionOf(rule, '--src-type') === 'LOCAL',
    pods: network !== undefined ? `pods (${network})` : link === undefined ? undefined : `pods (on ${link})`,
  }
}

/** How the comment of a rule in KUBE-SERVICES ends, by what its address is. */
const addressKinds = [
  ['external IP', 'an external IP'],
  ['loadbalancer IP', "the load balancer's address"],
] as const

function entryWords(rule: Rule, { destination, dport, name }: Facts): string {
  const [, what] = addressKinds.find(([end]) => commentOf(rule).endsWith(end)) ?? ['', 'the cluster IP']
  return `${joinHostPort(destination, dport)} is ${what} of ${name}`
}

function balancingWords(rule: ListedRule, saved: Tables, { pods, endpoints }: Facts): string | undefined {
  const target = targetOf(rule) ?? ''
  if (target === 'KUBE-MARK-MASQ') {
    const what = pods === undefined ? 'everything' : `what does not come from ${pods}`
    return `masquerade ${what}, so that replies come back through this node`
  }
  const address = endpoints.get(target)
  if (address === undefined) return undefined
  const seconds = optionOf(rule, '--seconds')
  if (seconds !== undefined) return `a client that used ${address} in the last ${seconds} s goes there again`
  const share = optionOf(rule, '--probability')
  if (share !== undefined) return `1 in ${Math.round(1 / Number(share))} goes to ${address}`
  const chosen = saved.get(rule.table)?.get(rule.chain)?.rules ?? []
  const isOnly = new Set(chosen.map(targetOf).filter(each => endpoints.has(each ?? ''))).size === 1
  return isOnly ? `all goes to ${address}, the only endpoint` : `what is left goes to ${address}`
}

function endpointWords(rule: Rule, { source }: Facts): string | undefined {
  const destination = destinationOf(rule)
  if (destination === undefined)
    return `hairpin: ${source} reaches itself through the service; unmasqueraded, it would see its own address and not answer`
  const remembers = rule.argv.includes('--set')
  return remembers ? `remember the client, and send it to ${destination}` : `send it to ${destination}`
}

function externalWords(rule: Rule, { isFromLocal, source }: Facts): string {
  const target = targetOf(rule) ?? ''
  if (target === 'KUBE-MARK-MASQ')
    return isFromLocal
      ? 'masquerade what this node itself sends'
      : 'the endpoint may be on another node: masquerade, so that replies come back through this one'
  if (isFromLocal) return 'and let it use every endpoint'
  if (source !== undefined) return `pods (${source}) may use every endpoint`
  return target.startsWith('KUBE-SVL-')
    ? "on to only this node's endpoints, and the client's address is kept"
    : 'on to any endpoint'
}

function firewallWords({ chain }: ListedRule, saved: Tables, { source }: Facts): string {
  if (source === undefined) return 'all others are not translated, and KUBE-PROXY-FIREWALL drops them'
  const entries = saved.get('nat')?.get('KUBE-SERVICES')?.rules ?? []
  const isOwn = entries.some(rule => targetOf(rule) === chain && factsOf(rule).destination === source)
  return isOwn
    ? `so is this node, whose packets to ${source} may have that address as their source`
    : `clients in ${source} are allowed`
}

function filterWords(rule: ListedRule, { destination, dport }: Facts): string | undefined {
  if (!rule.chain.startsWith('KUBE-')) return undefined
  const target = targetOf(rule)
  const comment = commentOf(rule)
  if (rule.chain === 'KUBE-PROXY-FIREWALL') {
    const firewall = /KUBE-FW-\w+$/.exec(comment)?.[0] ?? 'the firewall chain'
    return `drop what still has ${destination} as its destination: ${firewall} did not let it through to DNAT`
  }
  if (rule.chain === 'KUBE-NODEPORTS')
    return `load balancers ask port ${dport} whether this node has endpoints of ${comment.replace(/ health check node port$/, '')}`
  const what = destination === '' ? `node port ${dport}` : destination
  if (target === 'REJECT') return `refuse at once connections to ${what}: ${comment}`
  return target === 'DROP' ? `drop silently connections to ${what}: ${comment}` : undefined
}
