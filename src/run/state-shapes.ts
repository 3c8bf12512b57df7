import {
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

/** What `state.json` must be: what was written by another version, or by somebody else, is no state. */
export const labStateShape: Shape = fields({
  version: oneOf(1),
  lab: text,
  file: text,
  cwd: text,
  stage: oneOf('starting', 'up', 'failed'),
  since: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  starter: processShape,
  holder: optional(processShape),
  sandbox: optional(fields({ holder: processShape, init: processShape, cgroups: list(text) })),
  lastStep: optional(text),
})

/** A name that stands in paths and commands. */
const name = matching(/^[^/\0]+$/)
const texts = list(text)

const commandShape = fields({ argv: texts, in: text, input: optional(text) })

const checkShape = fields({ kind: oneOf('curl', 'command'), from: text, within: number, once: flag })

/** What `plan.json` must be. */
export const planShape: Shape = fields({
  version: oneOf(1),
  lab: text,
  title: text,
  steps: list(
    fields({
      title: text,
      why: text,
      actions: list(fields({ command: commandShape, undo: list(commandShape) })),
      checks: list(checkShape),
    }),
  ),
  pods: list(fields({ name, address: text, veth: text, containers: list(name) })),
  outside: list(fields({ name, address: text })),
  services: list(
    fields({
      service: text,
      portName: text,
      protocol: text,
      clusterIP: text,
      port: number,
      endpoints: list(fields({ pod: text, address: text, port: number })),
      entries: list(
        fields({
          ...{ address: text, port: number, from: texts, denied: texts, served: flag },
          local: optional(fields({ for: texts, pods: texts })),
        }),
      ),
    }),
  ),
  notReady: optional(texts),
})

const cidr = fields({ address: text, prefix: number })

/** What `lab.json` must be. */
export const labShape: Shape = fields({
  name,
  title: text,
  sources: list(fields({ path: text, text })),
  sysctls: record(text),
  bridges: list(fields({ name: text, address: cidr })),
  pods: list(
    fields({
      name,
      namespace: text,
      labels: record(text),
      address: cidr,
      bridge: text,
      gateway: text,
      veth: text,
      nameservers: texts,
      containers: list(
        fields({
          name,
          serve: list(number),
          command: texts,
          ports: list(fields({ name: text, port: number })),
        }),
      ),
    }),
  ),
  outside: list(fields({ name, address: cidr, hostAddress: cidr, interface: text })),
  files: record(text),
  services: list(fields({ name: text, namespace: text, pods: texts, ports: list(fields({ port: number })) })),
  proxy: fields({ iptables: fields({}), nodePortAddresses: texts }),
  steps: list(fields({ title: text, build: texts, endpoints: record(texts), check: list(checkShape) })),
})

/** What `sync.json` must be. */
export const syncStateShape: Shape = fields({
  version: oneOf(1),
  endpoints: record(texts),
  ended: record(oneOf('stopped', 'killed')),
  notReady: record(text),
  probes: record(fields({ ready: flag, against: number })),
  unfinished: list(fields({ name })),
  fullSync: flag,
})
