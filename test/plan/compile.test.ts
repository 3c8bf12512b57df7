import { describe, expect, it } from 'vitest'
import { shellLine } from '../../src/command/command-line.ts'
import { planOf, servicesOf } from './lab-text.ts'

const cast = `name: lab
title: A lab
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`

/** Each step's title and the programs that it runs, repetitions left out. */
const outline = (text: string) =>
  planOf(text).steps.map(({ title, actions }) => [
    title,
    [...new Set(actions.map(({ command }) => command.argv[0]))].join(' '),
  ])

describe('the order of steps', () => {
  it('is forwarding, network, firewall, servers, services, then the lesson', () => {
    expect(outline(`${cast}steps: [{title: Last, run: [ip link]}]`)).toEqual([
      ['Forwarding', 'sysctl'],
      ['2 pods on br1', 'ip mkdir tee'],
      ['Let the pods through', 'iptables'],
      ['2 servers', 'netlab'],
      ["kube-proxy's rules for web", expect.stringMatching(/iptables$/)],
      ['Last', 'ip'],
    ])
  })

  it('follows `build`; what no step names comes first', () => {
    const steps = `steps:
  - {title: First}
  - {title: Net, build: [network, servers], run: [ip link]}
  - {title: Rules, build: services}
`
    expect(outline(cast + steps)).toEqual([
      ['Forwarding', 'sysctl'],
      ['Let the pods through', 'iptables'],
      ['First', ''],
      ['Net', 'ip mkdir tee netlab'],
      ['Rules', expect.stringMatching(/iptables$/)],
    ])
  })
})

describe('endpoints', () => {
  const steps = `steps:
  - {title: One, endpoints: {web: [a]}}
  - {title: None, endpoints: {web: []}}
  - {title: Both, endpoints: {web: [a, b]}, run: [iptables -t nat -S]}
`
  const plan = planOf(cast + steps)
  const rules = (title: string) =>
    plan.steps
      .find(step => step.title === title)!
      .actions.map(({ command }) => shellLine(command.argv))
      .join('\n')

  it('named by a step leave the rules to the steps', () => {
    expect(plan.steps.map(step => step.title)).not.toContain("kube-proxy's rules for web")
  })

  it('bring the rules that kube-proxy would write at this point, and take the others away', () => {
    expect(rules('One')).toMatch(/DNAT --to-destination 10\.0\.0\.11:8080/)
    expect(rules('One')).not.toMatch(/10\.0\.0\.12/)
    expect(rules('None')).toMatch(/has no endpoints.*-j REJECT/)
    expect(rules('None')).toMatch(/-X KUBE-SVC-/)
    expect(rules('Both')).toMatch(/--probability 0\.5000000000 -j KUBE-SEP-/)
    expect(rules('Both')).toMatch(/DNAT --to-destination 10\.0\.0\.12:8080/)
  })

  it('come before the commands of their step', () => {
    expect(rules('Both').split('\n').at(-1)).toBe('iptables -t nat -S')
  })

  it('of the last step are what verify samples', () => {
    expect(servicesOf(cast + steps)).toMatchObject([
      {
        service: 'default/web',
        portName: '',
        protocol: 'TCP',
        clusterIP: '10.96.0.1',
        port: 80,
        endpoints: [
          { pod: 'a', address: '10.0.0.11', port: 8080 },
          { pod: 'b', address: '10.0.0.12', port: 8080 },
        ],
      },
    ])
    expect(servicesOf(`${cast}steps: [{title: None, endpoints: {web: []}}]`)[0]?.endpoints).toEqual([])
  })
})

it("a lab's own undo is taken as it is, in the place of its command", () => {
  const text = `${cast}steps: [{title: S, run: [{run: touch /tmp/x, in: a, undo: rm /tmp/x}, ip netns exec b ip link set lo down]}]`
  expect(planOf(text).steps.at(-1)?.actions).toEqual([
    { command: { argv: ['touch', '/tmp/x'], in: 'a' }, undo: [{ argv: ['rm', '/tmp/x'], in: 'a' }] },
    {
      command: { argv: ['ip', 'link', 'set', 'lo', 'down'], in: 'b' },
      undo: [{ argv: ['ip', 'link', 'set', 'lo', 'up'], in: 'b' }],
    },
  ])
})

it('the same lab gives the same plan, byte for byte', () => {
  expect(JSON.stringify(planOf(cast))).toBe(JSON.stringify(planOf(cast)))
})

it('the hosts file of a pod names pods and services as cluster DNS would', () => {
  const input = planOf(cast)
    .steps.flatMap(step => step.actions)
    .find(({ command }) => command.argv[0] === 'tee')?.command.input
  expect(input).toBe(
    '127.0.0.1\tlocalhost\n10.0.0.11\ta\n10.0.0.12\tb\n192.0.2.10\tclient\n10.96.0.1\tweb web.default web.default.svc web.default.svc.cluster.local\n',
  )
})

describe('services beside one whose endpoints steps give', () => {
  const two = `${cast.replace(/services: \[/, 'services: [{name: other, clusterIP: 10.96.0.2, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}, ')}`

  it('have their rules from the start, and are sampled', () => {
    const text = `${two}steps:\n  - {title: One, endpoints: {web: [a]}}\n`
    const [start, one] = planOf(text)
      .steps.slice(-2)
      .map(step => step.actions.map(({ command }) => shellLine(command.argv)).join('\n'))
    expect(start).toContain('default/other cluster IP')
    expect(start).not.toContain('default/web')
    expect(one).toContain('default/web cluster IP')
    expect(servicesOf(text).map(({ service }) => service)).toEqual(['default/other', 'default/web'])
  })

  it('come with them in one sync where a step builds the services and gives endpoints', () => {
    const plan = planOf(`${two}steps:\n  - {title: One, build: services, endpoints: {web: [a]}}\n`)
    const commands = plan.steps.at(-1)!.actions.map(({ command }) => shellLine(command.argv))
    expect(commands.filter(line => / -(D|F|R|X) /.test(line))).toEqual([])
    expect(commands.filter(line => line.includes('10.0.0.12:8080')).length).toBeGreaterThan(0)
  })
})
