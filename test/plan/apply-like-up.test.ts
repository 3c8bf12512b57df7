import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/command/command.ts'
import { iptables } from '../../src/dataplane/iptables/iptables.ts'
import { type HalfMade, withoutHalfMade } from '../../src/model/condition.ts'
import type { Lab, Pod } from '../../src/model/lab.ts'
import { bridgeOf } from '../../src/model/pod-link.ts'
import { applyStages } from '../../src/plan/apply.ts'
import type { ApplyStage, KernelFacts, PlaceKernel } from '../../src/plan/apply-stage.ts'
import { compilePlan } from '../../src/plan/compile.ts'
import { labDifference, podsDifference } from '../../src/plan/difference.ts'
import { labAsBuilt, labIn } from '../../src/plan/lab-in-condition.ts'
import { firstCondition } from '../../src/plan/step-endpoints.ts'
import { SimulatedIp } from '../network/simulated-ip.ts'
import { labOf } from './lab-text.ts'

const base = labOf(`name: lab
sysctls: {net.ipv4.ip_forward: 1}
bridges:
  - {name: br1, address: 10.0.1.1/24, hairpin: true}
  - {name: br2, address: 10.0.2.1/24}
  - {name: br3, address: 10.0.3.1/24}
pods: {a: {address: 10.0.1.2/24, serve: 8080}}
outside: {client: 192.0.2.10/24, other: 198.51.100.2/30}
`)
const [example] = base.pods as [Pod]

/** With these, a few pods more or less make many of few. */
const crowd = Array.from({ length: 196 }, (_, at) =>
  podOf({ name: `c${at}`, bridge: 'br3', number: at + 50 }),
)

interface PodChoice {
  name: string
  /** `routed`: none. */
  bridge: string
  /** The last part of its address. */
  number: number
  veth?: string
  /** Its gateway is pod a. */
  isRouted?: boolean
  port?: number
  nameserver?: string
}

function podOf(choice: PodChoice): Pod {
  return choice.bridge === 'routed' ? routedPodOf(choice) : pluggedPodOf(choice)
}

function pluggedPodOf({ name, bridge, number, veth, port = 8080, nameserver }: PodChoice): Pod {
  const net = `10.0.${bridge.at(-1)}`
  const containers = example.containers.map(container => ({ ...container, serve: [port] }))
  return {
    ...example,
    ...{ name, containers, gateway: `${net}.1` },
    link: { kind: 'bridge', bridge, veth: veth ?? `veth_${name}` },
    ...{ address: { address: `${net}.${number}`, prefix: 24 } },
    nameservers: nameserver === undefined ? [] : [nameserver],
  }
}

function routedPodOf(choice: PodChoice): Pod {
  const pod = pluggedPodOf(choice)
  const address = { address: `10.1.0.${choice.number}`, prefix: 32 }
  return {
    ...pod,
    address,
    gateway: '169.254.1.1',
    link: { kind: 'routed', veth: choice.veth ?? `veth_${choice.name}` },
  }
}

const podChoice = fc.record(
  {
    name: fc.constantFrom(...'abcdefghijkl'),
    bridge: fc.constantFrom('br1', 'br2', 'routed'),
    number: fc.integer({ min: 2, max: 14 }),
    veth: fc.constantFrom('veth_1', 'veth_2', 'veth_3'),
    isRouted: fc.boolean(),
    port: fc.constantFrom(8080, 9090),
    nameserver: fc.constantFrom('10.96.0.10', '10.96.0.11'),
  },
  { requiredKeys: ['name', 'bridge', 'number'] },
)

/** Up to a dozen pods, with or without a crowd: on either side of 200. */
const someLab = fc.record({
  pods: fc.uniqueArray(podChoice, { maxLength: 12, size: 'max', selector: ({ name }) => name }).map(distinct),
  isCrowded: fc.boolean(),
})

function labWith({ pods: choices, isCrowded }: { pods: readonly PodChoice[]; isCrowded: boolean }): Lab {
  const pods = choices.map(choice => {
    const pod = podOf(choice)
    const router = choices.find(
      ({ name, bridge }) => name === 'a' && bridge === choice.bridge && bridge !== 'routed',
    )
    const isRouted = choice.isRouted === true && router !== undefined && choice.name !== 'a'
    return isRouted ? { ...pod, gateway: podOf(router).address.address } : pod
  })
  return { ...base, pods: isCrowded ? [...crowd, ...pods] : pods }
}

/** As the reader sees to it: no address and no interface twice. */
function distinct(choices: readonly PodChoice[]): PodChoice[] {
  const taken = new Set<string>()
  return choices.filter(({ bridge, number, veth, name }) => {
    const claims = [`${bridge} ${number}`, veth ?? `veth_${name}`]
    const isFree = !claims.some(claim => taken.has(claim))
    if (isFree) for (const claim of claims) taken.add(claim)
    return isFree
  })
}

function commandsOfUp(lab: Lab): Command[] {
  return compilePlan(lab).steps.flatMap(({ actions }) => actions.map(({ command }) => command))
}

function upped(lab: Lab): SimulatedIp {
  const kernel = new SimulatedIp()
  for (const command of commandsOfUp(lab)) kernel.run(command)
  return kernel
}

/** Pods have asked for their gateway; the host and they have talked. Of a crowd, some. */
function talk(kernel: SimulatedIp, pods: readonly Pod[]): void {
  const talkative = pods.filter(({ name }) => !/^c\d*[^7]$/.test(name))
  for (const { name } of base.bridges) {
    const plugged = talkative.filter(pod => bridgeOf(pod) === name)
    const addresses = plugged.map(({ address }) => address.address)
    kernel.learn('host', name, addresses)
    for (const pod of plugged) kernel.learn(pod.name, 'eth0', [pod.gateway ?? '', ...addresses])
  }
}

function factsOf(kernel: SimulatedIp): KernelFacts {
  const placed = [...kernel.places].map(([place, { devices: those }]): [string, PlaceKernel] => {
    const devices = [...those]
    return [
      place,
      {
        links: new Set(devices.map(([name]) => name)),
        macs: new Map(devices.map(([name, { mac }]) => [name, mac])),
        known: new Set(devices.flatMap(([, { permanent }]) => [...permanent.keys()])),
      },
    ]
  })
  return {
    rules: new Map([['host ipv4', iptables.readBack('')]]),
    namespaces: new Set([...kernel.places.keys()].filter(place => place !== 'host')),
    places: new Map(placed),
  }
}

/** A lab as an apply finds it: what one that broke off was about is not known, and a sync may have written every rule since. */
interface Found {
  lab: Lab
  unfinished: readonly Pod[]
  halfMade?: HalfMade
  brokenOff: boolean
}

function whole(lab: Lab): Found {
  return { lab, unfinished: [], brokenOff: false }
}

function stagesOf(
  { lab, unfinished, halfMade, brokenOff }: Found,
  after: Lab,
  kernel: SimulatedIp,
): ApplyStage[] {
  const from = labIn(
    { ...firstCondition(lab), unfinished, brokenOff, ...(halfMade === undefined ? {} : { halfMade }) },
    lab,
  )
  const to = labAsBuilt(after)
  const difference = labDifference(from, to, podsDifference(lab.pods, after.pods))
  expect(difference.impossible).toEqual([])
  return applyStages(from, to, difference, factsOf(kernel))
}

/** Carries an apply out, or so many commands of it, while pods talk, and returns what another one finds. */
function apply(
  kernel: SimulatedIp,
  found: Found,
  after: Lab,
  most = Number.POSITIVE_INFINITY,
  talking = () => talk(kernel, [...found.lab.pods, ...after.pods]),
): Found {
  let done = 0
  let standing = found.lab
  for (const { step, touches, halfMade, leaves } of stagesOf(found, after, kernel)) {
    for (const { command } of step.actions) {
      if (done % 100 === 0) talking()
      if (done === most) return halfWay(standing, touches, halfMade)
      done += 1
      kernel.run(command)
    }
    standing = leaves.lab
  }
  return whole(after)
}

function halfWay(lab: Lab, touches: readonly Pod[], halfMade?: HalfMade): Found {
  const touched = new Set(touches.map(({ name }) => name))
  const pods = lab.pods.filter(({ name }) => !touched.has(name))
  const known = { ...lab, pods }
  const whole = halfMade === undefined ? known : withoutHalfMade(known, halfMade)
  return { lab: whole, unfinished: touches, brokenOff: true, ...(halfMade === undefined ? {} : { halfMade }) }
}

/** A hardware address that is random in the one may be any in the other; any does. */
function expectAlike(kernel: SimulatedIp, expected: SimulatedIp): void {
  const { state } = expected
  const isRandom = (place: string, name: string) =>
    expected.places.get(place)?.devices.get(name)?.mac.startsWith('random') === true
  for (const [place, { devices }] of kernel.places) {
    for (const [name, device] of devices)
      if (isRandom(place, name)) device.mac = device.mac.replace(/^\S+/, 'random')
  }
  // Its way of comparing takes a hundred times as long, and tells what is different.
  if (!isDeepStrictEqual(kernel.state, state)) expect(kernel.state).toEqual(state)
}

/** An apply from one to two breaks off at a thousandth of its commands, and the next one leads to three. */
function expectGoneOnWith(one: Lab, two: Lab, at: number, three: Lab): void {
  const kernel = upped(one)
  const commands = stagesOf(whole(one), two, kernel).flatMap(({ step }) => step.actions)
  const found = apply(kernel, whole(one), two, Math.floor((at * commands.length) / 1000))
  apply(kernel, found, three)
  expect(kernel.mistaken).toEqual([])
  expectAlike(kernel, upped(three))
}

/** Two labs of which one has more than 200 pods. */
const few: Lab = { ...base, pods: [...crowd, ...base.pods] }
const more = [...'bcdef'].map((name, at) => podOf({ name, bridge: 'br1', number: at + 3 }))
const many: Lab = { ...few, pods: [...few.pods, ...more] }

/** Thousandths of an apply's commands. */
const someMoment = fc.noBias(fc.integer({ min: 0, max: 999 }))
/** The same labs each time, since a suite that fails once in many runs says nothing: another seed tries others. */
const runs = { numRuns: 80, seed: 20_261_125 }
/** Milliseconds. */
const patience = 600_000

describe('an apply', () => {
  it(
    'leaves what bringing the new lab up leaves, and nobody takes one pod for another',
    () => {
      fc.assert(
        fc.property(someLab, someLab, (...labs) => {
          const [before, after] = labs.map(labWith) as [Lab, Lab]
          const kernel = upped(before)
          apply(kernel, whole(before), after)
          expect(kernel.mistaken).toEqual([])
          expectAlike(kernel, upped(after))
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'that broke off anywhere is gone on with',
    () => {
      fc.assert(
        fc.property(
          someLab,
          someLab,
          // None: back to the first one.
          fc.option(someLab, { freq: 1 }),
          someMoment,
          (first, second, third, at) => {
            const [one, two, three] = [first, second, third ?? first].map(labWith) as [Lab, Lab, Lab]
            expectGoneOnWith(one, two, at, three)
          },
        ),
        runs,
      )
    },
    patience,
  )

  it(
    'that broke off while it pinned or unpinned is gone on with, or back from',
    () => {
      fc.assert(
        fc.property(fc.boolean(), fc.boolean(), someMoment, (grows, goesBack, at) => {
          const [one, two] = grows ? [few, many] : [many, few]
          expectGoneOnWith(one, two, at, goesBack ? one : two)
        }),
        runs,
      )
    },
    patience,
  )
})

interface NodeChoice {
  name: string
  pods: readonly string[]
  hasRoute: boolean
}

const first: NodeChoice = { name: 'n1', pods: [], hasRoute: false }

/** Up to four nodes with pods, an overlay of one kind, and some machines. */
const someNodes = fc.record({
  nodes: fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('n2', 'n3', 'n4'),
        pods: fc.uniqueArray(fc.constantFrom(...'abc'), { maxLength: 3 }),
        hasRoute: fc.boolean(),
      }),
      { maxLength: 3, selector: ({ name }) => name },
    )
    .map(nodes => [first, ...nodes.toSorted((one, other) => one.name.localeCompare(other.name))]),
  machines: fc.uniqueArray(fc.constantFrom('router', 'pc'), { maxLength: 2 }),
})
type NodesChoice = typeof someNodes extends fc.Arbitrary<infer Value> ? Value : never

/** A pod's name says on which node it was at first: moved, it is another one. */
function labOfNodes(backend: string, { nodes, machines }: NodesChoice): Lab {
  const taken = new Set<string>()
  const node = ({ name, pods, hasRoute }: NodeChoice) => {
    const number = Number(name.at(-1))
    // kube-proxy takes no setting of the kernel's back: a pod that is always there keeps it.
    const own = [...(number === 1 ? ['z'] : []), ...pods.filter(pod => !taken.has(pod) && taken.add(pod))]
    const all = own.map(
      pod => `${pod}: {address: 172.7.${number}.${pod.charCodeAt(0) - 90}/24, serve: 80, labels: {app: web}}`,
    )
    const routes = hasRoute ? 'routes: [{to: 198.51.100.0/24, via: 10.4.7.253}], ' : ''
    const interfaces = `interfaces: {eth0: {network: lan, address: 10.4.7.2${number}/24}}`
    const settings = `sysctls: {net.ipv4.ip_forward: ${hasRoute ? 1 : 0}}`
    return `  ${name}: {${interfaces}, gateway: 10.4.7.1, subnet: 172.7.${number}.0/24, ${routes}${settings}, pods: {${all.join(', ')}}}`
  }
  const office = machines.includes('pc')
  const machine = {
    router: `  router: {interfaces: {eth0: {network: lan, address: 10.4.7.254/24}${office ? ', eth1: {network: office, address: 198.51.100.1/24}' : ''}}}`,
    pc: '  pc: {interfaces: {eth0: {network: office, address: 198.51.100.9/24}}, serve: 80}',
  }
  const written = nodes.map(node).join('\n')
  return labOf(`name: lab
networks: {lan: {}${office ? ', office: {}' : ''}}
overlay: {network: 172.7.0.0/16, backend: ${backend}}
nodes:
${written}
machines:
  way-out: {interfaces: {eth0: {network: lan, address: 10.4.7.1/24}}}
  far: {interfaces: {eth0: {network: lan, address: 10.4.7.253/24}}}
${machines.map(name => machine[name as keyof typeof machine]).join('\n')}
services: [{name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80}]}]
`)
}

/** All on the network and all on a node know each other. */
function chat(kernel: SimulatedIp, labs: readonly Lab[]): void {
  for (const { nodes, machines, pods } of labs) {
    const cards = [...nodes, ...machines].flatMap(({ name, interfaces }) =>
      interfaces.map(each => ({ ...each, owner: name })),
    )
    for (const card of cards) {
      const near = cards.filter(({ network }) => network === card.network)
      kernel.learn(
        card.owner,
        card.name,
        near.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
      )
    }
    for (const pod of pods) {
      const near = pods.filter(({ node }) => node === pod.node).map(({ address }) => address.address)
      kernel.learn(pod.node, bridgeOf(pod) ?? '', near)
      kernel.learn(pod.name, 'eth0', [pod.gateway ?? '', ...near])
    }
  }
}

describe.each(['host-gw', 'vxlan'])('an apply of nodes, %s', backend => {
  const labs = (...choices: NodesChoice[]) =>
    choices.map(choice => labOfNodes(backend, choice)) as [Lab, Lab, Lab]

  it(
    'leaves what bringing the new lab up leaves',
    () => {
      fc.assert(
        fc.property(someNodes, someNodes, (...choices) => {
          const [before, after] = labs(...choices)
          const kernel = upped(before)
          apply(kernel, whole(before), after, Number.POSITIVE_INFINITY, () => chat(kernel, [before, after]))
          expect(kernel.mistaken).toEqual([])
          expectAlike(kernel, upped(after))
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'that broke off anywhere is gone on with',
    () => {
      fc.assert(
        fc.property(someNodes, someNodes, someNodes, someMoment, (first, second, third, at) => {
          expectGoneOnWith(...(labs(first, second, third).slice(0, 2) as [Lab, Lab]), at, labs(third)[0])
        }),
        runs,
      )
    },
    patience,
  )
})

describe('what takes a lab back', () => {
  it('leaves nothing', () => {
    fc.assert(
      fc.property(someLab, choice => {
        const lab = labWith(choice)
        const kernel = upped(lab)
        const actions = compilePlan(lab).steps.flatMap(step => step.actions)
        const undone = actions.toReversed().flatMap(({ undo }) => undo)
        for (const command of undone) if (command.argv[0] !== 'sh') kernel.run(command)
        expect(kernel.state).toEqual(new SimulatedIp().state)
      }),
      { numRuns: 30 },
    )
  })
})
