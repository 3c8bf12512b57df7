import { host, type Place } from '../command/command.ts'
import { serviceNames } from '../model/dns-names.ts'
import type { CurlCheck, Expectation } from '../model/lab.ts'
import { machinesOf } from '../model/places.ts'
import type { Plan, ServiceTarget } from '../plan/plan.ts'
import { readTarget } from '../read/target.ts'

/** What was asked in vain, and what was hoped for. */
export interface Question {
  from: Place
  url: string
  /** What the URL's host stands for; undefined where it is a name that the plan does not know. */
  address: string | undefined
  port: number
  /** An answer was not wanted, but came. */
  wantsFailure: boolean
  /** Whom the server should see as its client. */
  client?: string
  /** Pod → the share that it should have; undefined where shares do not matter. */
  shares?: Readonly<Record<string, number>>
  /** How many of the plan's steps have been carried out. */
  steps: number
}

/** The question behind a check of a plan. */
export function questionOfCheck(plan: Plan, check: CurlCheck): Question {
  const at = plan.steps.findIndex(step => step.checks.includes(check))
  const shares = check.expect.find(one => one.kind === 'shares')?.shares
  const client = check.expect.find(answers)?.client
  return {
    ...askedFor(plan, check.url, check.from),
    wantsFailure: check.expect.every(one => one.kind === 'fails'),
    steps: at === -1 ? plan.steps.length : at + 1,
    ...(shares === undefined ? {} : { shares }),
    ...(client === undefined ? {} : { client }),
  }
}

function answers(one: Expectation): one is Extract<Expectation, { kind: 'answers' }> {
  return one.kind === 'answers'
}

/** The question behind a sample of a service. */
export function questionOfSample(
  plan: Plan,
  url: string,
  from: Place,
  shares: Readonly<Record<string, number>>,
): Question {
  const wantsFailure = Object.keys(shares).length === 0
  return { ...askedFor(plan, url, from), wantsFailure, shares, steps: plan.steps.length }
}

function askedFor(plan: Plan, url: string, from: Place): Pick<Question, 'from' | 'url' | 'address' | 'port'> {
  const target = readTarget(url)
  if ('refusal' in target) return { from, url, address: undefined, port: 0 }
  return { from, url, address: addressOf(plan, target.host), port: target.port }
}

function addressOf(plan: Plan, name: string): string | undefined {
  if (/^[\d.]+$/.test(name)) return name
  const machine = machinesOf(plan).find(one => one.name === name)
  if (machine !== undefined) return machine.address
  return plan.services.find(({ service }) => {
    const [namespace = '', own = ''] = service.split('/')
    return serviceNames({ namespace, name: own }).includes(name)
  })?.clusterIP
}

/** The service port that a question is for. */
export function serviceAsked(plan: Plan, question: Question): ServiceTarget | undefined {
  return plan.services.find(
    target =>
      target.clusterIP === question.address && target.port === question.port && target.protocol === 'TCP',
  )
}

/** The pod, machine or host whose address it is, by the plan. */
export function placeOf(plan: Plan, hostAddresses: readonly string[], address: string): Place | undefined {
  const machine = machinesOf(plan).find(one => one.address === address)
  return machine?.name ?? (hostAddresses.includes(address) ? host : undefined)
}
