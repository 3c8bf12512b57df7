import type { Place } from '../../command/command.ts'
import { host } from '../../command/command.ts'
import { addressOf } from '../../diagnose/question.ts'
import { familyOf } from '../../model/address.ts'
import { addressesOf } from '../../model/families.ts'
import type { CurlCheck, FailureKind, Lab } from '../../model/lab.ts'
import { machineAt, machinesOf } from '../../model/places.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { readTarget } from '../../read/target.ts'
import { excludes, type Outcome } from './outcome.ts'

/** In the order in which a beginner would take them for right. */
const failures: readonly FailureKind[] = ['timeout', 'refused', 'unreachable']

/** What could be thought to come of a request, and does not: at most so many, the most likely first, and no two that can be true at once. */
export function wrongOutcomes(
  running: LabInCondition,
  check: CurlCheck,
  right: Outcome,
  most: number,
): Outcome[] {
  const wrong: Outcome[] = []
  for (const one of thinkable(running, check, right))
    if (wrong.length < most && [right, ...wrong].every(other => excludes(one, other))) wrong.push(one)
  return wrong
}

function thinkable(running: LabInCondition, check: CurlCheck, right: Outcome): Outcome[] {
  switch (right.kind) {
    case 'shares':
      return otherShares(right, running.lab)
    case 'fails':
      return [
        ...answersOf(askedPlaces(running, check).slice(0, 1), undefined),
        ...failuresBut(right.how),
        ...answersOf(askedPlaces(running, check).slice(1), undefined),
        ...answersOf([host], undefined),
      ]
    case 'answers':
      return otherAnswers(running, check, right)
  }
}

type Answer = Extract<Outcome, { kind: 'answers' }>

/** Another endpoint, another client's address, a failure, and then more of each. */
function otherAnswers(running: LabInCondition, check: CurlCheck, right: Answer): Outcome[] {
  const others = isOwnAddress(running, check)
    ? []
    : answersOf(
        askedPlaces(running, check).filter(place => !right.backends.includes(place)),
        right.client,
      )
  const clients = (right.client === undefined ? [] : thinkableClients(running.lab, check.from, right.client))
    .filter(client => client !== right.client)
    .map((client): Outcome => ({ ...right, client }))
  const plain = right.status === undefined || right.status === 200
  const well: Outcome[] = plain ? [] : [{ kind: 'answers', backends: right.backends }]
  const [timeout, refused, ...rest] = failuresBut([])
  const [other, ...moreOthers] = right.backends.length === 0 ? [] : others
  const [client, ...moreClients] = clients
  return [
    ...well,
    ...(client === undefined ? [] : [client]),
    ...(other === undefined ? [] : [other]),
    timeout!,
    refused!,
    ...moreClients,
    ...moreOthers,
    ...rest,
  ]
}

function answersOf(places: readonly Place[], client: string | undefined): Outcome[] {
  return places.map(place => ({
    kind: 'answers',
    backends: [place],
    ...(client === undefined ? {} : { client }),
  }))
}

function failuresBut(how: readonly FailureKind[]): Outcome[] {
  return failures.filter(each => !how.includes(each)).map(each => ({ kind: 'fails', how: [each] }))
}

/** Whether the request goes to a server by its own address, which nobody takes for another's. */
function isOwnAddress(running: LabInCondition, check: CurlCheck): boolean {
  const address = askedAddress(running, check)
  const owner = address === undefined ? undefined : machineAt(running.lab, address)
  return owner !== undefined && running.lab.nodes.every(({ name }) => name !== owner.name)
}

/** Who may be thought to answer: whose address it is, the endpoints of the service that has it, then all that serve. */
function askedPlaces(running: LabInCondition, check: CurlCheck): Place[] {
  const { lab, services } = running
  const address = askedAddress(running, check)
  const target = readTarget(check.url)
  const port = 'refusal' in target ? 0 : target.port
  const endpoints = services
    .filter(({ entries }) => entries.some(entry => entry.address === address && entry.port === port))
    .flatMap(({ service }) =>
      lab.services.filter(({ namespace, name }) => `${namespace}/${name}` === service),
    )
    .flatMap(({ pods }) => pods)
  const owner = address === undefined ? undefined : machineAt(lab, address)?.name
  const serving = [...lab.pods, ...lab.machines].filter(({ containers }) =>
    containers.some(({ serve, command }) => serve.length + command.length > 0),
  )
  return [
    ...new Set([...endpoints, ...(owner === undefined ? [] : [owner]), ...serving.map(({ name }) => name)]),
  ]
}

function askedAddress(running: LabInCondition, check: CurlCheck): string | undefined {
  const target = readTarget(check.url)
  return 'refusal' in target ? undefined : addressOf(running, target.host, check.from)
}

/** Addresses as which a server may be thought to see a client: its own, or of a machine on the way that could write its own over it. */
function thinkableClients(lab: Lab, from: Place, right: string): string[] {
  const family = familyOf(right)
  const own = machinesOf(lab).find(({ name }) => name === from)?.addresses ?? []
  const onTheWay = [
    ...lab.bridges.flatMap(bridge => addressesOf(bridge)),
    ...lab.outside.flatMap(({ hostAddress, otherHostAddress }) => [hostAddress, otherHostAddress]),
  ].flatMap(cidr => cidr?.address ?? [])
  const routers = [...lab.nodes, ...lab.machines].flatMap(({ name }) => {
    return machinesOf(lab).find(machine => machine.name === name)?.addresses ?? []
  })
  return [...new Set([...own, ...onTheWay, ...routers])].filter(address => familyOf(address) === family)
}

/** Even shares, one that takes all, the common mistake of one and the same probability on each rule, and half of it lost. */
function otherShares({ shares, failed }: Extract<Outcome, { kind: 'shares' }>, lab: Lab): Outcome[] {
  const known = Object.keys(shares)
  const spare = known.length > 1 ? undefined : lab.pods.find(({ name }) => !known.includes(name))?.name
  const pods = spare === undefined ? known : [...known, spare]
  const count = pods.length
  const each = (share: (at: number) => number) => Object.fromEntries(pods.map((pod, at) => [pod, share(at)]))
  const falling = each(at => (1 / count) * (1 - 1 / count) ** at)
  const kept = Object.values(falling).reduce((sum, share) => sum + share, 0)
  return [
    { kind: 'shares', shares: each(() => 1 / count), failed: 0 },
    { kind: 'shares', shares: falling, failed: 1 - kept },
    { kind: 'shares', shares: each(at => (at === 0 ? 1 : 0)), failed: 0 },
    { kind: 'shares', shares: each(at => (at === count - 1 ? 1 : 0)), failed: 0 },
    { kind: 'shares', shares: each(() => 1 / (2 * count)), failed: 0.5 },
    ...(failed > 0 ? [{ kind: 'shares' as const, shares: each(() => 0), failed: 1 }] : []),
  ]
}
