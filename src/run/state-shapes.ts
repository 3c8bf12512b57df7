import { languages } from '../model/language.ts'
import { kernelNames } from '../sandbox/vm/kernels.ts'
import {
  either,
  every,
  fields,
  flag,
  list,
  matching,
  number,
  oneOf,
  optional,
  record,
  type Shape,
  text,
  whole,
} from './shape.ts'

/** No process that netlab starts is process 1, or has a number that Linux does not give (PID_MAX_LIMIT). */
const processShape = fields({ pid: whole(2, 4_194_304), startTime: matching(/^\d{1,20}$/) })

/** What `state.json` must be: what somebody else has written is no state. */
export const labStateShape: Shape = fields({
  lab: text,
  file: text,
  cwd: text,
  stage: oneOf('starting', 'up', 'failed'),
  since: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  starter: processShape,
  holder: optional(processShape),
  sandbox: optional(fields({ holder: processShape, init: processShape, cgroups: list(text) })),
  vm: optional(fields({ kernel: oneOf(...kernelNames), process: processShape })),
  rules: optional(number),
  lesson: optional(flag),
  steps: optional(whole(0, 100_000)),
  task: optional(
    fields({ hints: whole(0, 100_000), solved: flag, reached: flag, held: optional(list(flag)) }),
  ),
})

/** A name that stands in paths and commands. */
const name = matching(/^[^/\0]+$/)
const texts = list(text)

const checkShape = fields({ kind: oneOf('curl', 'command'), from: text, within: number, once: flag })

const cidr = fields({ address: text, prefix: number })

const containers = list(
  fields({
    name,
    serve: list(number),
    datagrams: optional(list(number)),
    command: texts,
    ports: list(fields({ name: text, port: number })),
  }),
)

const neighbours = optional(list(fields({ address: text, lladdr: text, dev: text })))

const machine = fields({
  name,
  interfaces: list(
    fields({ name: text, network: text, addresses: list(cidr), port: text, lladdr: optional(text) }),
  ),
  vxlans: optional(
    list(
      fields({
        ...{ name: text, id: number, dev: text, local: text, remotes: texts, port: number },
        ...{ addresses: list(cidr), mtu: optional(number) },
      }),
    ),
  ),
  gateway: optional(text),
  otherGateway: optional(text),
  routes: list(fields({ to: cidr, via: text })),
  neighbours,
  sysctls: record(text),
  containers,
})
const machines = list(machine)
const networks = list(fields({ name: text, bridge: text }))
const leases = list(
  fields({ node: name, subnet: cidr, publicIP: cidr, interface: text, network: text, mtu: number }),
)

const podLink = either(
  fields({ kind: oneOf('bridge'), bridge: text, veth: text }),
  fields({ kind: oneOf('routed'), veth: text, mtu: optional(number) }),
  fields({ kind: oneOf('macvlan'), parent: text, mode: oneOf('bridge', 'vepa', 'private', 'passthru') }),
  fields({ kind: oneOf('cni'), asked: optional(text) }),
)

const cniNetwork = fields({
  ...{ node: name, file: text, name, cniVersion: text, canCheck: flag },
  plugins: list(fields({ type: name, capabilities: texts, config: fields({}) })),
  ranges: list(fields({ subnet: cidr, first: text, last: text, gateway: text })),
  bridge: optional(text),
  gateway: optional(cidr),
})

const commands = list(fields({ argv: texts, in: text, undo: optional(texts) }))

/** What `lab.json` must be. */
export const labShape: Shape = fields({
  name,
  title: text,
  language: optional(oneOf(...languages)),
  article: optional(text),
  sources: list(fields({ path: text, text })),
  sysctls: record(text),
  bridges: list(fields({ name: text, node: optional(name), address: cidr, otherAddress: optional(cidr) })),
  pods: list(
    every(
      fields({
        name,
        namespace: text,
        labels: record(text),
        address: cidr,
        otherAddress: optional(cidr),
        node: optional(name),
        gateway: optional(text),
        otherGateway: optional(text),
        lladdr: optional(text),
        neighbours,
        nameservers: texts,
        containers,
        pause: optional(
          fields({ shareProcessNamespace: flag, restartPolicy: oneOf('Always', 'OnFailure', 'Never') }),
        ),
      }),
      // The first netlab knew bridges only, and said in the pod itself which.
      either(fields({ link: podLink }), fields({ bridge: text, veth: text })),
    ),
  ),
  outside: list(
    fields({
      ...{ name, address: cidr, otherAddress: optional(cidr), interface: text },
      ...{ hostAddress: cidr, otherHostAddress: optional(cidr), gateway: optional(oneOf('none')) },
    }),
  ),
  // The first netlab knew none of these.
  networks: optional(networks),
  nodes: optional(machines),
  machines: optional(machines),
  overlay: optional(
    fields({
      ...{ network: cidr, backend: oneOf('host-gw', 'vxlan'), directRouting: flag },
      leases,
    }),
  ),
  cni: optional(list(cniNetwork)),
  reach: optional(
    list(
      fields({
        ...{ from: texts, to: texts, client: optional(text) },
        ...{ expect: optional(oneOf('ok', 'fails')), ping: optional(oneOf('ok', 'fails')) },
      }),
    ),
  ),
  files: record(text),
  services: list(
    fields({
      ...{ name: text, namespace: text, type: text, pods: texts },
      ...{ clusterIPs: texts, externalIPs: texts, loadBalancerIPs: texts, loadBalancerSourceRanges: texts },
      ports: list(fields({ name: text, port: number, protocol: text })),
    }),
  ),
  proxy: fields({ iptables: fields({}), nodePortAddresses: texts }),
  chosen: optional(list(fields({ of: text, value: text }))),
  origin: optional(
    fields({
      ...{ names: texts, nodes: number, podCIDRs: texts, serviceCIDRs: texts },
      nodePorts: fields({ from: number, to: number }),
      mostReplicas: optional(number),
      manifests: list(list(fields({ path: text, text }))),
    }),
  ),
  steps: list(
    fields({
      because: optional(text),
      question: optional(fields({ ask: text, answers: texts })),
      task: optional(
        fields({
          ...{ text, goal: list(checkShape), start: commands, hints: texts, solution: commands },
        }),
      ),
      ...{ title: text, why: text, build: texts, endpoints: record(texts) },
      cni: optional(list(fields({ verb: oneOf('ADD', 'CHECK', 'DEL'), pod: text }))),
      run: commands,
      check: list(checkShape),
    }),
  ),
})

/** What `condition.json` must be. */
export const conditionShape: Shape = fields({
  endpoints: record(texts),
  ended: record(oneOf('stopped', 'killed')),
  notReady: record(text),
  probes: record(fields({ ready: flag, against: number })),
  restarts: optional(record(number)),
  unfinished: list(fields({ name })),
  halfMade: optional(
    fields({
      nodes: machines,
      machines,
      networks,
      leases,
      adjusted: list(fields({ was: machine, now: machine })),
    }),
  ),
  fullSync: flag,
  // The first netlab wrote none.
  brokenOff: optional(flag),
})
