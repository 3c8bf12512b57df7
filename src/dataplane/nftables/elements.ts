import { joinHostPort } from '../../model/address.ts'
import type { ServiceTraffic } from '../service-traffic.ts'
import type { Element } from './rules.ts'

/** A comment's characters, at most: nft refuses longer ones. */
const longestComment = 128

/** What a service port has in the sets and maps that all services share: where its traffic is caught, or refused. */
export function portElements(traffic: ServiceTraffic): Element[] {
  const { port, chains, choice, internal, external } = traffic
  const { name, clusterIP } = port
  const elements: Element[] = [
    {
      container: 'cluster-ips',
      key: clusterIP,
      explain: `${clusterIP} is the cluster IP of ${port.service}`,
    },
  ]
  if (internal === undefined) elements.push(refusal(traffic, clusterIP))
  else elements.push(dispatch(traffic, clusterIP, internal, `the cluster IP of ${name}`))
  const addExternal = (address: string, what: string) => {
    if (choice.any) elements.push(dispatch(traffic, address, chains.external, what))
    if (external === undefined) elements.push(refusal(traffic, address))
  }
  for (const address of port.externalIPs) addExternal(address, `an external IP of ${name}`)
  for (const address of port.loadBalancerIPs) {
    addExternal(address, `the load balancer's address of ${name}`)
    if (traffic.limitsSources) {
      elements.push({
        container: 'firewall-ips',
        key: keyOf(traffic, address),
        value: `goto ${chains.firewall}`,
        explain: `ask first who may use ${joinHostPort(address, traffic.port.port)}`,
      })
    }
  }
  if (port.nodePort !== 0) elements.push(...nodePortElements(traffic))
  return elements
}

function nodePortElements({ port, chains, protocol, choice, external }: ServiceTraffic): Element[] {
  const { name, nodePort } = port
  const key = `${protocol} . ${nodePort}`
  const elements: Element[] = []
  if (choice.any) {
    elements.push({
      container: 'service-nodeports',
      key,
      value: `goto ${chains.external}`,
      explain: `port ${nodePort} of this node is a node port of ${name}`,
    })
  }
  if (external === undefined) {
    elements.push({
      container: 'no-endpoint-nodeports',
      key,
      ...refusing(name, choice.any, `node port ${nodePort}`),
    })
  }
  return elements
}

function dispatch(traffic: ServiceTraffic, address: string, chain: string, what: string): Element {
  return {
    container: 'service-ips',
    key: keyOf(traffic, address),
    value: `goto ${chain}`,
    explain: `${joinHostPort(address, traffic.port.port)} is ${what}`,
  }
}

function refusal(traffic: ServiceTraffic, address: string): Element {
  return {
    container: 'no-endpoint-services',
    key: keyOf(traffic, address),
    ...refusing(traffic.port.name, traffic.choice.any, address),
  }
}

/** No endpoint anywhere: say so at once. None on this node, where only those may serve: be silent, as if nothing were there. */
function refusing(name: string, any: boolean, what: string): Pick<Element, 'value' | 'comment' | 'explain'> {
  return {
    value: any ? 'drop' : 'goto reject-chain',
    comment: name.length > longestComment ? `${name.slice(0, longestComment - 3)}...` : name,
    explain: any
      ? `drop silently connections to ${what}: ${name} has no local endpoints`
      : `refuse at once connections to ${what}: ${name} has no endpoints`,
  }
}

function keyOf({ protocol, dport }: ServiceTraffic, address: string): string {
  return `${address} . ${protocol} . ${dport}`
}
