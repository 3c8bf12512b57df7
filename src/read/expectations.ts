import { readAddress } from '../model/address.ts'
import type { Expectation, FailureKind } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { Refusal } from '../text/problem.ts'
import { checkBackend, type LabContext } from './lab-context.ts'
import type { CurlCheckInput, CurlExpectationInput } from './schema/check.ts'
import { asList } from './schema/fields.ts'

const failures: readonly FailureKind[] = ['refused', 'unreachable', 'timeout']

/** Reads what should come of a request; `endpoints` are those of the service that is asked, if it is one. */
export function readExpectations(
  input: NonNullable<CurlCheckInput['expect']>,
  path: Path,
  context: LabContext,
  endpoints: readonly string[] | undefined,
): Expectation[] {
  const pathOf = (index: number) => (Array.isArray(input) ? [...path, index] : path)
  const several = asList<CurlExpectationInput>(input)
  refuseStaying(several, pathOf, context)
  for (const index of several.keys()) refuseMeaning(several, index, pathOf(index), context)
  return several.flatMap((each, index) => readExpectation(each, pathOf(index), context, endpoints))
}

/** That a client stays is seen of many requests, of which each may come to something else. */
function refuseStaying(
  several: readonly CurlExpectationInput[],
  pathOf: (index: number) => Path,
  { findings }: LabContext,
): void {
  const index = several.findIndex(each => typeof each === 'object' && 'stays' in each)
  if (index === -1 || several.length === 1) return
  const message = '"stays" is told of many requests, and a list says what may come of one'
  findings.report([...pathOf(index), 'stays'], message, 'write it alone: expect: {stays: true}', 'key')
}

/** What can come to one thing only tells nothing, and shares are not one request that comes to this or that. */
function refuseMeaning(
  several: readonly CurlExpectationInput[],
  index: number,
  path: Path,
  { findings }: LabContext,
): void {
  const one = several[index]
  if (typeof one !== 'object' || !('means' in one)) return
  if (several.some(each => typeof each === 'object' && 'shares' in each)) {
    const message = '"means" is told of one request, and "shares" are of many'
    findings.report([...path, 'means'], message, 'write it in the step\'s "why"', 'key')
  } else if (several.length === 1) {
    const message = '"means" is told where one of several things comes true, and this is the only one'
    const fix = 'give "expect" a list of what may come of it, or write it in the step\'s "why"'
    findings.report([...path, 'means'], message, fix, 'key')
  }
}

function readExpectation(
  input: CurlExpectationInput,
  path: Path,
  context: LabContext,
  endpoints: readonly string[] | undefined,
): Expectation[] {
  if (input === 'ok') return [{ kind: 'answers', backends: [] }]
  if (input === 'fails') return [{ kind: 'fails', how: failures }]
  if (typeof input === 'string') return [{ kind: 'fails', how: [input] }]
  const meaning = 'means' in input && input.means !== undefined ? { means: input.means } : {}
  if ('fails' in input) {
    return [{ kind: 'fails', how: input.fails === 'any' ? failures : [input.fails], ...meaning }]
  }
  if ('shares' in input) return readShares(input, path, context, endpoints)

  const { findings } = context
  const backends = asList(input.backend)
  for (const [index, pod] of backends.entries()) {
    const at = Array.isArray(input.backend) ? [index] : []
    checkBackend(pod, [...path, 'backend', ...at], context)
  }
  if ('stays' in input) return [{ kind: 'stays', backends }]
  const { status, body, client } = input
  if (body !== undefined) findings.accept([...path, 'body'], readPattern(body))
  const seen =
    client === undefined || client === '127.0.0.1' || client === '::1'
      ? client
      : findings.accept([...path, 'client'], readAddress(client))?.address
  return [
    {
      kind: 'answers',
      backends,
      ...(status !== undefined && { status }),
      ...(body !== undefined && { body }),
      ...(seen !== undefined && { client: seen }),
      ...meaning,
    },
  ]
}

function readShares(
  { shares, failed = 0 }: Extract<CurlExpectationInput, { shares: unknown }>,
  path: Path,
  context: LabContext,
  endpoints: readonly string[] | undefined,
): Expectation[] {
  const { findings } = context
  const at = [...path, 'shares']
  if (shares === 'even') {
    if (endpoints && endpoints.length > 0) {
      const share = (1 - failed) / endpoints.length
      return [{ kind: 'shares', shares: Object.fromEntries(endpoints.map(pod => [pod, share])), failed }]
    }
    if (!context.complete) return []
    const message = endpoints
      ? 'the service has no endpoints to share the requests'
      : '"even" needs the name or the cluster IP of a service, and the "curl" line has neither'
    findings.report(at, message, 'write the share of each pod: {POD: 0.5, POD: 0.5}')
    return []
  }
  for (const pod of Object.keys(shares)) checkBackend(pod, [...at, pod], context, 'key')
  const sum = Object.values(shares).reduce((total, share) => total + share, failed)
  if (Math.abs(sum - 1) > 0.01) {
    const message = `the shares${failed > 0 ? ' and "failed"' : ''} add up to ${Number(sum.toFixed(4))}, not to 1`
    findings.report(
      at,
      message,
      'a share is a part of all requests: 0.5 is half; "failed: 0.25" where some fail',
      'key',
    )
    return []
  }
  // 0.333 three times is meant to be all.
  const exact = Object.entries(shares).map(([pod, share]) => [pod, share / sum] as const)
  return [{ kind: 'shares', shares: Object.fromEntries(exact), failed: failed / sum }]
}

/** Reads a regular expression. */
export function readPattern(text: string): { pattern: string } | Refusal {
  try {
    new RegExp(text)
    return { pattern: text }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
    return {
      refusal: `not a regular expression: ${reason}`,
      fix: 'write a backslash before . ( ) [ ] { } * + ? | ^ $ where they are meant as they stand',
    }
  }
}
