import { readAddress } from '../model/address.ts'
import type { Protocol } from '../model/kubernetes.ts'
import type { Container, ContainerPort } from '../model/lab.ts'
import { refuseName } from '../model/names.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { splitWords } from '../text/split-words.ts'
import { readReadiness } from './readiness.ts'
import { asList } from './schema/fields.ts'
import type { PodInput } from './schema/pod.ts'
import type { ContainerInput } from './schema/program.ts'

/** What a pod's only container is called where the lab gives it no name. */
const onlyContainer = 'main'

/** What a pod or a machine says of its programs. */
type Programs = ContainerInput & Pick<PodInput, 'containers'>

/** Reads a pod's or a machine's programs; containers that share a port are told apart. `mapsPorts`: its node can have ports of it, too. */
export function readContainers(
  pod: Programs,
  path: Path,
  findings: Findings,
  mapsPorts = false,
): Container[] {
  const { serve, command, ports, readiness, containers } = pod
  const isBare =
    serve === undefined && command === undefined && ports === undefined && readiness === undefined
  if (containers === undefined)
    return isBare ? [] : [readContainer(onlyContainer, pod, path, { findings, mapsPorts })]
  if (!isBare) {
    const key =
      serve !== undefined
        ? 'serve'
        : command !== undefined
          ? 'command'
          : ports !== undefined
            ? 'ports'
            : 'readiness'
    const message = `"${key}" and "containers" both say what the pod runs`
    findings.report([...path, key], message, `move "${key}" into one of the containers`, 'key')
  }
  const read = Object.entries(containers).map(([name, container]) => {
    const at = [...path, 'containers', name]
    findings.accept(at, refuseName(name) ?? {}, 'key')
    return readContainer(name, container, at, { findings, mapsPorts })
  })
  checkSharedPorts(read, path, findings)
  return read
}

function readContainer(
  name: string,
  input: ContainerInput,
  path: Path,
  { findings, mapsPorts }: { findings: Findings; mapsPorts: boolean },
): Container {
  const serve = readServe(input.serve, path, findings)
  if (serve.length > 0 && input.command !== undefined) {
    const message = '"serve" and "command" both say what runs here'
    findings.report([...path, 'serve'], message, 'remove one, or write two "containers"', 'key')
  }
  const named = Object.entries(input.ports ?? {}).flatMap(([portName, text]) => {
    const at = [...path, 'ports', portName]
    const port =
      typeof text === 'object' ? mappedPort(text, at, findings) : findings.accept(at, readPort(text))
    if (port !== undefined && 'hostPort' in port && !mapsPorts) {
      const message = 'a hostPort is made by a CNI plugin, and none wires this pod'
      findings.report([...at, 'hostPort'], message, 'remove it, or give its node "cni"', 'key')
    }
    return port ? [{ name: portName, ...port }] : []
  })
  const served = serve.map(({ port, protocol }): ContainerPort => {
    const known = named.find(each => each.port === port && each.protocol === protocol)
    return known ?? { name: '', port, protocol }
  })
  const others = named.filter(each => !served.includes(each))
  const command =
    input.command === undefined ? [] : readCommand(input.command, [...path, 'command'], findings)
  const [tcp, datagrams] = (['TCP', 'UDP'] as const).map(protocol =>
    serve.filter(each => each.protocol === protocol).map(({ port }) => port),
  )
  const container: Container = {
    ...{ name, serve: tcp ?? [], command, ports: [...served, ...others] },
    ...(datagrams?.length ? { datagrams } : {}),
  }
  if (input.readiness === undefined) return container
  const readiness = readReadiness(input.readiness, container, [...path, 'readiness'], findings)
  return readiness === undefined ? container : { ...container, readiness }
}

/** Reads the ports on which netlab's own server answers. */
function readServe(
  input: ContainerInput['serve'],
  path: Path,
  findings: Findings,
): { port: number; protocol: Protocol }[] {
  const seen = new Set<string>()
  return asList(input).flatMap((text, index) => {
    const at = Array.isArray(input) ? [...path, 'serve', index] : [...path, 'serve']
    const port = findings.accept(at, readPort(text))
    if (port === undefined) return []
    if (port.protocol === 'SCTP')
      findings.report(at, "netlab's own server does not speak SCTP", 'run a "command" that does')
    const key = `${port.port}/${port.protocol}`
    if (seen.has(key)) findings.report(at, `port ${text} stands twice`, 'remove one')
    seen.add(key)
    return [port]
  })
}

/** Reads a command that is a text or a list of words; empty after a problem. */
export function readCommand(
  command: string | readonly string[],
  path: Path,
  findings: Findings,
): readonly string[] {
  if (typeof command === 'string') return findings.accept(path, splitWords(command))?.words ?? []
  if (command[0] === '') findings.report([...path, 0], 'the name of the program is empty', 'write a program')
  return command
}

function mappedPort(
  input: Exclude<NonNullable<ContainerInput['ports']>[string], number | string>,
  path: Path,
  findings: Findings,
): Omit<ContainerPort, 'name'> {
  const { containerPort, hostPort, hostIP, protocol = 'TCP' } = input
  if (hostIP !== undefined && hostPort === undefined)
    findings.report(
      [...path, 'hostIP'],
      'a hostIP without a hostPort says nothing',
      'add "hostPort: 80"',
      'key',
    )
  const onlyAt =
    hostIP === undefined ? undefined : findings.accept([...path, 'hostIP'], readAddress(hostIP))?.address
  return {
    ...{ port: containerPort, protocol },
    ...(hostPort === undefined ? {} : { hostPort }),
    ...(onlyAt === undefined ? {} : { hostIP: onlyAt }),
  }
}

function readPort(
  text: number | string,
): { port: number; protocol: Protocol } | { refusal: string; fix: string } {
  if (typeof text === 'number') return { port: text, protocol: 'TCP' }
  const [, digits, protocol = 'TCP'] = text.match(/^([0-9]{1,9})(?:\/(TCP|UDP|SCTP))?$/) ?? []
  const port = Number(digits)
  if (digits === undefined) {
    const upper = text.toUpperCase()
    const fix = /^[0-9]+\/(TCP|UDP|SCTP)$/.test(upper) ? `write ${upper}` : 'write 8080 or 53/UDP, say'
    return { refusal: `"${text}" is not a port`, fix }
  }
  if (port < 1 || port > 65535) return { refusal: `${digits} is not a port`, fix: 'ports are 1 to 65535' }
  return { port, protocol: protocol as Protocol }
}

/** Containers of a pod share its network: only one can listen on a port. */
function checkSharedPorts(containers: readonly Container[], path: Path, findings: Findings): void {
  const owners = new Map<string, string>()
  for (const { name, ports } of containers) {
    for (const { port, protocol } of ports) {
      const owner = owners.get(`${port}/${protocol}`)
      if (owner === undefined) owners.set(`${port}/${protocol}`, name)
      else if (owner !== name) {
        const message = `container ${owner} of this pod already listens on ${port}/${protocol}`
        findings.report([...path, 'containers', name], message, 'choose another port', 'key')
      }
    }
  }
}
