import { host, type Place } from '../command/command.ts'
import { contains, familyOf, joinHostPort, subnetOf } from '../model/address.ts'
import { serviceNames } from '../model/dns-names.ts'
import { addressesOf, addressIn } from '../model/families.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Check, CommandCheck, CurlCheck, Expectation } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import { readCommand } from './containers.ts'
import { readExpectations, readPattern } from './expectations.ts'
import { checkPlace, type LabContext, soundPodsOf } from './lab-context.ts'
import type { CheckInput, CommandCheckInput, CurlCheckInput } from './schema/check.ts'
import { asList } from './schema/fields.ts'
import { mayServe } from './services.ts'
import { isAddress, type Owner, ownerOf, readTarget, type Target } from './target.ts'

/** Seconds that a check has by default. */
const defaultWithin = 5

/** The endpoints of each service as they stand at a step: `namespace/name` → pods. */
export type EndpointsNow = ReadonlyMap<string, readonly string[]>

/** Reads a check; with several places in `from` it becomes several checks. `place`: where it is tried from if it does not say so. */
export function readChecks(
  input: CheckInput,
  path: Path,
  place: Place,
  context: LabContext,
  now: EndpointsNow,
): Check[] {
  const places = input.from === undefined ? [place] : asList(input.from)
  if (Array.isArray(input.from)) {
    for (const [index, each] of input.from.entries()) checkPlace(each, [...path, 'from', index], context)
  } else if (input.from !== undefined) checkPlace(input.from, [...path, 'from'], context)
  if (places.length === 0) {
    context.findings.report(
      [...path, 'from'],
      'an empty list: the check is tried from nowhere',
      'name a place',
    )
  }
  const { within = defaultWithin, once = false } = input
  const check =
    'curl' in input ? readCurl(input, path, context, now, places) : readCommandCheck(input, path, context)
  return places.map(from => ({ ...check, from, within, once }) as Check)
}

function readCommandCheck(
  { command, expect }: CommandCheckInput,
  path: Path,
  { findings }: LabContext,
): Omit<CommandCheck, 'from' | 'within' | 'once'> {
  const argv = readCommand(command, [...path, 'command'], findings)
  if (expect === undefined) return { kind: 'command', argv, exit: 0 }
  if (expect === 'fails') return { kind: 'command', argv, exit: undefined }
  const { exit = 0, output, says } = expect
  if (output !== undefined) findings.accept([...path, 'expect', 'output'], readPattern(output))
  if (says !== undefined && output === undefined) {
    const message = '"says" is what an "output" asks for, and there is none'
    findings.report(
      [...path, 'expect', 'says'],
      message,
      'write the pattern as "output", or leave "says" out',
      'key',
    )
  }
  return {
    ...{ kind: 'command', argv, exit },
    ...(output !== undefined && { output }),
    ...(says !== undefined && { says }),
  }
}

function readCurl(
  input: CurlCheckInput,
  path: Path,
  context: LabContext,
  now: EndpointsNow,
  places: readonly Place[],
): Omit<CurlCheck, 'from' | 'within' | 'once'> {
  const target = context.findings.accept([...path, 'curl'], readTarget(input.curl))
  const owner =
    target && ownerOf(target.host, context.topology, context.services, namespaceOf(places, context))
  const service = owner?.kind === 'service' ? owner.service : undefined
  const endpoints = service ? now.get(namespacedName(service)) : undefined
  const expect = readExpectations(input.expect ?? 'ok', [...path, 'expect'], context, endpoints)
  if (target && expect.every(mustAnswer)) {
    checkTarget(target, owner, [...path, 'curl'], context)
    if (owner) checkName(target, owner, places, [...path, 'curl'], context)
  }
  if (places.includes(host)) checkHost(path, context)
  const sampled = expect.some(({ kind }) => kind === 'shares' || kind === 'stays')
  if (input.requests !== undefined && !sampled) {
    const fix = 'add "expect: {shares: even}" or "{stays: true}", or remove "requests"'
    context.findings.report(
      [...path, 'requests'],
      'a single request is made where neither "shares" nor "stays" is expected',
      fix,
      'key',
    )
  }
  if (input.requests === 1 && expect.some(({ kind }) => kind === 'stays'))
    context.findings.report(
      [...path, 'requests'],
      'one request cannot show that a client stays',
      'write 2 or more, or leave it out',
    )
  return {
    kind: 'curl',
    url: input.curl,
    expect,
    ...(input.requests !== undefined && { requests: input.requests }),
  }
}

/** The namespace from which a name is asked for: that of the first pod that asks. */
function namespaceOf(places: readonly Place[], { topology }: LabContext): string | undefined {
  return topology.pods.find(({ name }) => places.includes(name))?.namespace
}

/** Between nodes and machines on networks the host is only the cables. */
function checkHost(path: Path, { topology, machineNames, findings }: LabContext): void {
  const [someone] = machineNames
  const isOnOne = topology.bridges.some(({ node }) => node === host) || topology.outside.length > 0
  if (someone === undefined || isOnOne) return
  const message = 'asked from the host, which has no address on any network'
  findings.report(path, message, `add "from: ${someone}", say`, 'key')
}

function mustAnswer(expectation: Expectation): boolean {
  if (expectation.kind === 'shares') return expectation.failed < 1
  return expectation.kind !== 'fails'
}

/** Tells of a target that surely cannot answer. What a lab's own rules may bring about is not judged. */
function checkTarget(target: Target, owner: Owner | undefined, path: Path, context: LabContext): void {
  const { findings } = context
  const { host: name, port } = target
  if (owner?.kind === 'service') {
    const { service } = owner
    if (service.ports.some(each => each.port === port && each.protocol === 'TCP')) return
    const ports = service.ports.map(each => `${each.port}/${each.protocol}`).join(', ')
    findings.report(path, `${namespacedName(service)} has no port ${port}/TCP`, `it has ${ports}`)
  } else if (owner?.kind === 'pod') {
    const [pod] = soundPodsOf([owner.pod.name], context)
    if (!pod || mayServe(pod, port, 'TCP')) return
    const ports = pod.containers.flatMap(each => each.ports).map(each => each.port)
    const fix =
      ports.length > 0
        ? `it serves ${ports.join(', ')}`
        : `add "serve: ${port}" to pod ${pod.name}, or "ports: {name: ${port}}" where a step starts a server`
    findings.report(path, `nobody serves port ${port} in pod ${pod.name}`, fix)
  } else if (owner === undefined && context.complete) checkStranger(name, path, context)
}

/** Names stand in pods' hosts files, and nowhere else: a node asks the machine's own name server, as in Kubernetes. */
function checkName(
  { host: name, port }: Target,
  owner: Owner,
  places: readonly Place[],
  path: Path,
  { findings, outsideNames, machineNames }: LabContext,
): void {
  const stranger = places.find(place => place === host || outsideNames.has(place))
  if (isAddress(name) || stranger === undefined) return
  const address = addressOf(owner)
  const fix =
    address === undefined ? 'write an address' : `write ${joinHostPort(address, port)}, or ask from a pod`
  findings.report(
    path,
    `only ${machineNames.size > 0 ? 'pods and machines on networks' : 'pods'} know the name ${name}, not ${stranger}`,
    fix,
  )
}

function addressOf(owner: Owner): string | undefined {
  if (owner.kind === 'service') return owner.service.clusterIPs.find(address => address !== 'None')
  if (owner.kind === 'machine') return owner.machine.interfaces[0]?.addresses[0]?.address
  return (owner.kind === 'pod' ? owner.pod : owner.machine).address.address
}

function checkStranger(name: string, path: Path, context: LabContext): void {
  const { findings, topology, services } = context
  if (isAddress(name)) {
    const bridge = topology.bridges.find(each => addressesOf(each).some(cidr => contains(cidr, name)))
    const own = bridge && addressIn(bridge, familyOf(name))
    if (!bridge || !own || own.address === name) return
    const addresses = topology.pods.flatMap(each => addressIn(each, familyOf(name))?.address ?? [])
    const message = `nobody has ${name}, which is in the subnet of bridge ${bridge.name}, ${subnetOf(own)}`
    findings.report(path, message, didYouMean(name, addresses, "the pods' addresses are"))
    return
  }
  if (context.otherNames || name === 'localhost') return
  const names = [
    ...context.podNames,
    ...services.flatMap(each => serviceNames(each)),
    ...context.outsideNames,
    ...context.machineNames,
  ]
  findings.report(path, `nobody is called ${name}`, didYouMean(name, names, 'the names are'))
}
