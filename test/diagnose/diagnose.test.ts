import { expect, it } from 'vitest'
import { diagnose } from '../../src/diagnose/diagnose.ts'
import { questionOfCheck, questionOfSample } from '../../src/diagnose/question.ts'
import type { CurlCheck } from '../../src/model/lab.ts'
import type { Connection, Facts, PlaceFacts } from '../../src/observe/facts.ts'
import { chain, healthy, healthyFacts, link } from './healthy-facts.ts'

const vip = '10.100.0.1:80'
const even = { b: 0.5, c: 0.5 }

/** The cause that is named for a question, with what to type behind it. */
function cause(facts: Facts, from: string, url: string, shares: Record<string, number> = even): string {
  const { headline, mend } = diagnose(facts, healthy, questionOfSample(healthy, url, from, { shares }))
  return mend === undefined ? headline : `${headline}: ${mend}`
}

function withPlace(place: string, more: Partial<PlaceFacts>): Facts {
  const facts = healthyFacts()
  return { ...facts, places: { ...facts.places, [place]: { ...facts.places[place]!, ...more } } }
}

function withSysctl(key: string, value: string): Facts {
  const facts = healthyFacts()
  return { ...facts, sysctls: { ...facts.sysctls, [key]: value } }
}

it.each([
  ['a', vip],
  ['b', vip],
  ['host', vip],
  ['client', vip],
  ['a', '10.100.0.2:80'],
  ['a', '10.0.0.12:8080'],
  ['client', '10.0.0.12:8080'],
])('blames no hop of a lab that is well, from %s to %s', (from, url) => {
  const shares = url === vip ? even : { [url.includes('.12:') ? 'b' : 'a']: 1 }
  const said = diagnose(healthyFacts(), healthy, questionOfSample(healthy, url, from, { shares }))
  expect(said.headline).toBe(`every hop from ${from} to ${url} looks right; this is what the kernel says`)
})

it('says that it went well when it is asked again and is answered', () => {
  const facts = { ...healthyFacts(), tries: { failed: 0, failures: [], answers: [{ pod: 'b' }] } }
  expect(cause(facts, 'a', vip)).toBe(
    'asked again, 10.100.0.1:80 answered: it was late, or something has changed since',
  )
})

it('names a full table of connections', () => {
  const facts = withSysctl('net.netfilter.nf_conntrack_count', '262144')
  expect(cause(facts, 'client', vip)).toBe(
    'the table of connections is full, and packets of new ones are dropped: conntrack -F',
  )
})

it('names the first hop of several that are off', () => {
  const facts = withPlace('a', { links: [link('eth0', '02:00:00:00:00:0a', '10.0.0.11/24', { up: false })] })
  const both = { ...facts, sysctls: { ...facts.sysctls, 'net.ipv4.ip_forward': '0' } }
  expect(cause(both, 'a', vip)).toContain('eth0 in a is down: ')
  expect(cause(both, 'client', vip)).toContain('the host does not forward, net.ipv4.ip_forward is 0: ')
})

it('does not blame bridge-nf-call-iptables where it plays no part', () => {
  const facts = withSysctl('net.bridge.bridge-nf-call-iptables', '0')
  expect(cause(facts, 'a', vip)).toContain(
    'net.bridge.bridge-nf-call-iptables is 0: the answer of b is switched',
  )
  expect(cause(facts, 'client', vip)).toContain('every hop')
  expect(cause(facts, 'a', '10.0.0.12:8080', { b: 1 })).toContain('every hop')
})

it('looks at the endpoint that the counters tell of, and at those that stayed silent', () => {
  const dead = { listeners: [] }
  const facts = withPlace('c', dead)
  const tries = { failed: 4, failures: ['refused' as const], answers: [{ pod: 'b' }, { pod: 'b' }] }
  expect(cause({ ...facts, tries }, 'a', vip)).toMatch(
    /^nothing listens on port 8080 in c, where rule 2 of KUBE-SEP-/,
  )
})

it('tells a program that listens elsewhere from none', () => {
  const elsewhere = withPlace('b', { listeners: [{ address: '*', port: 8081 }] })
  expect(cause(elsewhere, 'a', '10.0.0.12:8080', { b: 1 })).toBe(
    'nothing listens on port 8080 in b; its programs listen on 8081',
  )
  const local = withPlace('b', { listeners: [{ address: '127.0.0.1', port: 8080 }] })
  expect(cause(local, 'a', '10.0.0.12:8080', { b: 1 })).toBe(
    'the program in b listens for port 8080 on 127.0.0.1 only, not on 10.0.0.12',
  )
})

it('follows the answer back', () => {
  const { routesTo } = healthyFacts().places.b!
  const lost = 'RTNETLINK answers: Network is unreachable'
  const facts = withPlace('b', { routes: [], routesTo: { ...routesTo, '192.0.2.10': lost } })
  expect(cause(facts, 'client', '10.0.0.12:8080', { b: 1 })).toBe(
    'b has no default route, so its answer to 192.0.2.10 goes nowhere: ip -n b route add default via 10.0.0.1',
  )
})

it('does not blame a policy that a rule of the lab gets past', () => {
  const facts = healthyFacts()
  chain(facts, 'filter', 'FORWARD').policy = 'DROP'
  expect(cause(facts, 'a', vip)).toContain('every hop')
  chain(facts, 'filter', 'FORWARD').rules.splice(-2, 1)
  expect(cause(facts, 'client', vip)).toContain('every hop')
  expect(cause(facts, 'a', '10.0.0.12:8080', { b: 1 })).toContain('every hop')
})

it('lists all that a chain lacks as one line to type', () => {
  const facts = healthyFacts()
  const forward = chain(facts, 'filter', 'FORWARD')
  forward.policy = 'DROP'
  forward.rules.splice(-2, 2)
  expect(cause(facts, 'a', '10.0.0.12:8080', { b: 1 })).toBe(
    "FORWARD's policy is DROP, and no rule lets packets through from a to b: " +
      'iptables -A FORWARD --in-interface br1 --jump ACCEPT && iptables -A FORWARD --out-interface br1 --jump ACCEPT',
  )
})

const remembered: Connection = {
  source: '10.0.0.11',
  sourcePort: 40_000,
  destination: '10.100.0.1',
  port: 80,
  replySource: '10.100.0.1',
  replySourcePort: 80,
  replyDestination: '10.0.0.11',
  unreplied: true,
  text: 'tcp 6 99 SYN_SENT src=10.0.0.11 dst=10.100.0.1 sport=40000 dport=80 [UNREPLIED]',
}

it('names connections that are remembered without a translation, but not those of its own try', () => {
  const facts = healthyFacts()
  const stale = { ...facts, before: { ...facts.before, connections: [remembered] } }
  expect(cause(stale, 'a', vip)).toBe(
    'the kernel remembers a connection to 10.100.0.1:80 without a translation, from a time when no rule matched them; ' +
      'a new one from the same port gets lost as well: conntrack -D -p tcp --orig-dst 10.100.0.1',
  )
  const own = { ...facts, after: { ...facts.after, connections: [remembered] } }
  expect(cause(own, 'a', vip)).toContain('every hop')
})

it('says which rule answers for a service that should have no endpoints', () => {
  const facts = { ...healthyFacts(), tries: { failed: 0, failures: [], answers: [{ pod: 'b' }] } }
  expect(cause(facts, 'a', vip, {})).toMatch(
    /^rule 2 of KUBE-SEP-\w+ translates 10\.100\.0\.1:80, so it is answered$/,
  )
})

it('takes no shares for wrong where a client stays with one pod, and does where it does not', () => {
  const told = (answers: readonly string[]) => {
    const tries = { failed: 0, failures: [], answers: answers.map(pod => ({ pod })) }
    const asked = { shares: { b: 1, c: 0 }, stays: true } as const
    return diagnose({ ...healthyFacts(), tries }, healthy, questionOfSample(healthy, vip, 'a', asked))
      .headline
  }
  expect(told(['b', 'b'])).toContain('it was late')
  expect(told(['b', 'c'])).toBe('the rules give b 50 %, c 50 % of the connections')
})

it('says nothing wrong where the kernel said nothing', () => {
  const facts = healthyFacts()
  const silent = { ...facts, places: { host: { routesTo: {} } }, sysctls: {} }
  expect(cause(silent, 'a', vip)).toContain('every hop')
})

it('knows no name that the lab does not', () => {
  expect(cause(healthyFacts(), 'a', 'nobody:80')).toBe(
    'nobody:80 names nobody whom the lab knows: see /etc/hosts in a',
  )
})

const refused = {
  kind: 'curl',
  url: '192.0.2.10:8080',
  from: 'a',
  expect: [{ kind: 'fails', how: ['refused'] }],
} as unknown as CurlCheck

it.each<[string, Facts, string]>([
  [
    'a link is down',
    withPlace('a', {
      links: [link('eth0', '02:00:00:00:00:0a', '10.0.0.11/24', { up: false })],
      routes: [],
      routesTo: { '192.0.2.10': 'RTNETLINK answers: Network is unreachable' },
    }),
    'eth0 in a is down: ',
  ],
  [
    'the default route is missing',
    withPlace('a', { routes: [], routesTo: { '192.0.2.10': 'RTNETLINK answers: Network is unreachable' } }),
    'a has no default route: ',
  ],
  ['the host does not forward', withSysctl('net.ipv4.ip_forward', '0'), 'the host does not forward, '],
])('what fails in another way than it should is stopped by something: %s', (_, broken, headline) => {
  const tries: Facts['tries'] = { failed: 1, failures: ['unreachable'], answers: [] }
  const question = questionOfCheck(healthy, refused)
  const { headline: said, mend } = diagnose({ ...broken, tries }, healthy, question)
  expect(`${said}: ${mend}`).toContain(headline)
})

it('what should fail and is answered is stopped by nothing, and what fails as it should is told so', () => {
  const said = (tries: Facts['tries']) =>
    diagnose({ ...healthyFacts(), tries }, healthy, questionOfCheck(healthy, refused)).headline
  expect(said({ failed: 0, failures: [], answers: [{}] })).toBe(
    'nothing on the way stops packets from a to 192.0.2.10:8080',
  )
  expect(said({ failed: 1, failures: ['refused'], answers: [] })).toBe(
    'asked again, 192.0.2.10:8080 failed as it should: something has changed since',
  )
})
