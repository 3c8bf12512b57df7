import { describe, expect, it } from 'vitest'
import type { NodeView, RuleDifference } from '../../../src/dataplane/dataplane.ts'
import { iptables } from '../../../src/dataplane/iptables/iptables.ts'
import { savedDifferences } from '../../../src/dataplane/iptables/saved-differences.ts'
import { service, slice, view } from './fixtures.ts'

const cart = service()
const docs = service({ name: 'docs', clusterIPs: ['10.96.0.2'], selector: { app: 'docs' } })
const cluster = (endpoints: string[] = ['10.244.0.2', '10.244.0.3'], services = [cart, docs]): NodeView =>
  view(services, [slice(endpoints)], { clusterCIDR: '10.244.0.0/16' })

/** What iptables-save would print of a node's rules, among those of somebody else. */
function saved(node: NodeView, edit: (text: string) => string = text => text): string {
  const text = iptables.text(iptables.compile(node), { jumps: true, explain: false })
  const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']
  const declared = builtIn.map(name => `:${name} ACCEPT [0:0]`).join('\n')
  const jumps = (line: string) => line.replace(/^-I (\S+) 1 /, '-A $1 ').replace(/^\*.*/, `$&\n${declared}`)
  const lines = text.split('\n').map(jumps)
  return edit(
    lines.join('\n').replaceAll('COMMIT', ':DOCKER - [0:0]\n-A DOCKER -i docker0 -j RETURN\nCOMMIT'),
  )
}

const without = (pattern: RegExp) => (text: string) =>
  text
    .split('\n')
    .filter(line => !pattern.test(line))
    .join('\n')

const told = ({ kind, chain, service: whose = '', means }: RuleDifference) =>
  `${kind} ${chain.replace(/(KUBE-S..)-\w+/, '$1')} ${whose}: ${means}`

const compare = (node: NodeView, text: string) => savedDifferences(node, text).differences.map(told)

describe('a node’s rules beside those that kube-proxy would write', () => {
  it('are the same where they are its own; those of others are left aside', () => {
    expect(savedDifferences(cluster(), saved(cluster()))).toMatchObject({
      ...{ differences: [], leftAside: 2, served: true },
    })
  })

  it('a rule that is gone: which, of whom, and what comes of it', () => {
    const text = saved(cluster(), without(/-A KUBE-SERVICES .* -d 10\.96\.0\.1 .*-j KUBE-SVC-/))
    expect(compare(cluster(), text)).toEqual([
      'missing KUBE-SERVICES shop/cart: 10.96.0.1:80 is the cluster IP of shop/cart; without it nobody translates these connections, and mostly they time out',
    ])
    const refused = saved(cluster(), without(/-A KUBE-SERVICES .* -j REJECT/))
    expect(compare(cluster(), refused)).toEqual([
      'missing KUBE-SERVICES shop/docs: refuse at once connections to 10.96.0.2: shop/docs has no endpoints; without it they time out instead of being refused',
    ])
  })

  it('a rule that leads elsewhere', () => {
    const text = saved(cluster(), all =>
      all.replace(/--to-destination 10\.244\.0\.3:8080/, '--to-destination 10.9.9.9:80'),
    )
    expect(compare(cluster(), text)).toEqual(['changed KUBE-SEP shop/cart: send it to 10.244.0.3:8080'])
  })

  it('an endpoint that is gone, and one that has come since', () => {
    const differences = compare(cluster(['10.244.0.3', '10.244.0.4']), saved(cluster()))
    expect(differences).toEqual([
      'changed KUBE-SVC shop/cart: 1 in 2 goes to 10.244.0.3:8080',
      'changed KUBE-SVC shop/cart: what is left goes to 10.244.0.4:8080',
      'missing KUBE-SEP shop/cart: the chain that sends to the endpoint 10.244.0.4:8080 is gone, with its 2 rules',
      'stale KUBE-SEP shop/cart: the chain of the endpoint 10.244.0.2:8080 of shop/cart, which the service has not any more; a rule still leads there, so some connections go to what is gone',
    ])
  })

  it('a service that is gone', () => {
    const differences = compare(cluster(undefined, [docs]), saved(cluster(undefined, [cart, docs])))
    expect(differences).toEqual([
      expect.stringMatching(/^stale KUBE-SERVICES shop\/cart: .* still go to KUBE-SVC-/),
      expect.stringMatching(
        /^stale KUBE-SVC shop\/cart: a chain of shop\/cart, which the cluster has not any more; a rule still/,
      ),
      expect.stringMatching(/^stale KUBE-SEP shop\/cart: the chain of the endpoint 10\.244\.0\.2:8080/),
      expect.stringMatching(/^stale KUBE-SEP shop\/cart: the chain of the endpoint 10\.244\.0\.3:8080/),
    ])
  })

  it('a service that has no endpoints any more', () => {
    const differences = compare(cluster([]), saved(cluster(['10.244.0.2'])))
    expect(differences).toContainEqual(
      expect.stringMatching(/^stale KUBE-SEP shop\/cart: .*, which the service has not any more; /),
    )
    expect(differences).toContainEqual(
      expect.stringMatching(/^missing KUBE-SERVICES shop\/cart: refuse at once connections to 10\.96\.0\.1/),
    )
  })

  it('a rule that somebody has put among them', () => {
    const text = saved(cluster(), all =>
      all.replace(/^-A KUBE-MARK-MASQ /m, '-A KUBE-MARK-MASQ -s 10.0.0.9/32 -j ACCEPT\n$&'),
    )
    expect(compare(cluster(), text)).toEqual([
      expect.stringMatching(/^foreign KUBE-MARK-MASQ : kube-proxy writes no such rule/),
    ])
  })

  it('a jump that is gone: all of its chain is', () => {
    const text = saved(cluster(), without(/-A PREROUTING .*KUBE-SERVICES/))
    expect(compare(cluster(), text)).toEqual([
      'missing PREROUTING : it is to look for the service that a new connection is for; without it packets never come to KUBE-SERVICES',
    ])
  })

  it('the network of pods is the node’s, where nobody says it', () => {
    const unsaid = view([cart, docs], [slice(['10.244.0.2', '10.244.0.3'])])
    expect(savedDifferences(unsaid, saved(cluster()))).toMatchObject({
      ...{ differences: [], clusterCIDR: '10.244.0.0/16' },
    })
  })

  it('where nothing of kube-proxy is there, all of it is missing', () => {
    const { differences, served } = savedDifferences(cluster(), '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
    expect(served).toBe(false)
    expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['missing']))
  })
})
