import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { compileServices } from '../../../src/dataplane/nftables/compile.ts'
import type { RuleSet } from '../../../src/dataplane/nftables/rules.ts'
import { ruleText } from '../../../src/dataplane/nftables/script.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import type { ProxySettings } from '../../../src/model/lab.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'

/** What the node n1 with the address 192.0.2.1 knows. */
export function viewOf(services: Service[], slices: EndpointSlice[]): NodeView {
  return {
    services,
    slices,
    settings: defaultProxySettings,
    node: { name: 'n1', addresses: ['192.0.2.1', '2001:db8::1'] },
    family: 'ipv4',
  }
}

/** The table on that node. */
export function compile(
  services: Service[],
  slices: EndpointSlice[],
  settings: Partial<ProxySettings> = {},
  fields: Partial<NodeView> = {},
): RuleSet {
  const view = viewOf(services, slices)
  return compileServices({ ...view, settings: { ...view.settings, ...settings }, ...fields })
}

/** Names without hash and service: `service`, `endpoint 10.1.0.2/8080`. */
const shorten = (text: string) =>
  text
    .replaceAll(/\b(endpoint|affinity)-[A-Z2-7]{8}-\S*?__(\S+)/g, '$1 $2')
    .replaceAll(/\b(service|local|external|firewall)-[A-Z2-7]{8}-\S+/g, '$1')

/** The chains of service ports with their rules, by their shortened names. */
export function portChains({ ports }: RuleSet): Record<string, string[]> {
  const chains = ports.flatMap(port => [...port.endpoints.map(({ chain }) => chain), ...port.chains])
  return Object.fromEntries(
    chains.map(({ name, rules }) => [shorten(name), rules.map(rule => shorten(ruleText(rule)))]),
  )
}

/** The rules of a chain that all services share. */
export function baseRules({ base }: RuleSet, chain: string): string[] {
  return base.chains.find(({ name }) => name === chain)?.rules.map(ruleText) ?? []
}

/** What a set or map holds, `key : verdict`, shortened likewise. */
export function elements({ base, ports }: RuleSet, container: string): string[] {
  return [...base.elements, ...ports.flatMap(port => port.elements)]
    .filter(element => element.container === container)
    .map(({ key, value }) => (value === undefined ? key : `${key} : ${shorten(value)}`))
}
