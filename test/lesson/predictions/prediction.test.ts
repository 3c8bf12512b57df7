import { describe, expect, it } from 'vitest'
import { checkToAsk } from '../../../src/lesson/predictions/asked-check.ts'
import { excludes, type Outcome } from '../../../src/lesson/predictions/outcome.ts'
import { type Prediction, placed, predictionOf } from '../../../src/lesson/predictions/prediction.ts'
import type { CurlCheck, Expectation, FailureKind } from '../../../src/model/lab.ts'
import { placesOf } from '../../../src/model/places.ts'
import { type LabInCondition, labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../../src/read/load-shipped.ts'

const failures: readonly FailureKind[] = ['refused', 'unreachable', 'timeout']

/** All that a request can come to, as far as answers and expectations tell it apart. */
type Came =
  | { failure: FailureKind }
  | { backend: string; client: string; status: number }
  | { shares: Readonly<Record<string, number>>; failed: number }

function isTrue(outcome: Outcome, came: Came): boolean {
  if (outcome.kind === 'fails')
    return 'failure' in came && (outcome.how.length === 0 || outcome.how.includes(came.failure))
  if (outcome.kind === 'answers')
    return (
      'backend' in came &&
      (outcome.backends.length === 0 || outcome.backends.includes(came.backend)) &&
      (outcome.client === undefined || outcome.client === came.client) &&
      (outcome.status ?? 200) === came.status
    )
  if (!('shares' in came)) return false
  const near = (one = 0, other = 0) => Math.abs(one - other) < 0.04
  const pods = new Set([...Object.keys(outcome.shares), ...Object.keys(came.shares)])
  return (
    near(outcome.failed, came.failed) && [...pods].every(pod => near(outcome.shares[pod], came.shares[pod]))
  )
}

/** What can come where a check holds, over all places, addresses that are asked about, statuses, and shares a little off. */
function possible(
  { lab }: LabInCondition,
  { answers }: Prediction,
  [expected]: readonly Expectation[],
): Came[] {
  const right = expected!
  if (right.kind === 'stays') throw new Error('nobody asks whether a client stays')
  if (right.kind === 'shares') {
    const { shares, failed } = right
    const [first = '', second = ''] = Object.keys(shares)
    const off = { ...shares, [first]: shares[first]! + 0.03 }
    if (second !== '') off[second] = shares[second]! - 0.03
    return [{ shares, failed }, ...(second === '' ? [] : [{ shares: off, failed }])]
  }
  const clients = answers.flatMap(({ outcome }) =>
    outcome?.kind === 'answers' && outcome.client !== undefined ? [outcome.client] : [],
  )
  const answered = [...placesOf(lab), 'somebody'].flatMap(backend =>
    ['203.0.113.77', ...clients].flatMap(client =>
      [200, 204, 404, 503].map(status => ({ backend, client, status })),
    ),
  )
  const all: Came[] = [...failures.map(failure => ({ failure })), ...answered]
  return all.filter(came => isTrue(right, came))
}

describe.each(shippedLabs())('what %s asks', name => {
  const running = labAsBuilt(loadLab(findLab(name)))
  const asked = running.plan.steps.flatMap((_, index) => predictionOf(running, index) ?? [])

  it('has one right answer to each question, whatever comes of the check as long as it holds', () => {
    for (const prediction of asked) {
      const { check, answers, right, ask } = prediction
      if (check === undefined) continue
      const came = possible(running, prediction, check.expect)
      expect(came.length, ask).toBeGreaterThan(0)
      for (const one of came) {
        const fitting = answers.flatMap(({ outcome }, at) => (isTrue(outcome!, one) ? [at] : []))
        expect(fitting, `${ask} ${JSON.stringify(one)}`).toEqual([right])
      }
    }
  })

  it('has a key for each answer, and no answer twice', () => {
    for (const { answers, ask } of asked) {
      expect(answers.length, ask).toBeGreaterThanOrEqual(2)
      expect(answers.length, ask).toBeLessThanOrEqual(6)
      expect(new Set(answers.map(({ text }) => text)).size, ask).toBe(answers.length)
    }
  })
})

it.each([
  'calico-ipip',
  'clusterip',
  'cni-ptp',
  'flannel-directrouting',
  'flannel-host-gw',
  'flannel-mtu',
  'flannel-snat',
  'flannel-vxlan',
  'hairpin',
  'localhost-8080',
  'nat-router',
  'no-endpoints',
  'nodeport',
  'pod-to-pod-across-nodes',
  'pod-to-pod-same-node',
  'pod-to-service',
  'port-forward',
  'service-across-nodes',
  'session-affinity',
  'strict-forward',
  'three-backends',
])('each step of %s that is asked about says afterwards why it came so', name => {
  const running = labAsBuilt(loadLab(findLab(name)))
  const silent = running.plan.steps.flatMap((step, index) => {
    const prediction = predictionOf(running, index)
    return prediction !== undefined && prediction.because === undefined ? [step.title] : []
  })
  expect(silent).toEqual([])
})

describe('the place of the right answer', () => {
  it.each([2, 3, 4, 5, 6])('is as often one as another, of %d', count => {
    const answers = Array.from({ length: count }, (_, at) => ({ text: `${at}` }))
    const places = Array.from({ length: count }, () => 0)
    const seeds = 6000
    for (let seed = 0; seed < seeds; seed += 1) {
      const { right, answers: shown } = placed(answers, `lab/${seed}/curl 10.0.0.11 from host`)
      expect(shown[right]!.text).toBe('0')
      places[right]! += 1
    }
    // What is drawn never changes, so this cannot fail by chance.
    for (const hits of places) expect(Math.abs(hits - seeds / count)).toBeLessThan(seeds / count / 8)
  })

  it('is the same each time, and not the same in all labs', () => {
    const answers = ['right', 'wrong', 'wrong too', 'as wrong'].map(text => ({ text }))
    expect(placed(answers, 'a/1/x')).toEqual(placed(answers, 'a/1/x'))
    const places = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(lab => placed(answers, `${lab}/1/x`).right)
    expect(new Set(places).size).toBeGreaterThan(1)
  })
})

describe('the check that is asked about', () => {
  const curl = (url: string, ...expect: Expectation[]): CurlCheck => ({
    kind: 'curl',
    url,
    from: 'host',
    within: 5,
    once: false,
    expect,
  })
  const a: Expectation = { kind: 'answers', backends: ['a'] }
  const timeout: Expectation = { kind: 'fails', how: ['timeout'] }
  const half: Expectation = { kind: 'shares', shares: { a: 0.5, b: 0.5 }, failed: 0 }

  it('is one that comes to something else than before, rather than one that fails as before', () => {
    const before = { checks: [curl('x', timeout), curl('y', timeout)] }
    const step = { checks: [curl('y', timeout), curl('x', { ...a, client: '10.0.0.1' })] }
    expect(checkToAsk([before, step], 1)?.check.url).toBe('x')
    expect(checkToAsk([step], 0)?.check.url).toBe('y')
  })

  it('is none where a server only answers, or where the kernel decides what comes', () => {
    expect(checkToAsk([{ checks: [curl('x', a)] }], 0)).toBeUndefined()
    expect(checkToAsk([{ checks: [curl('x', { ...a, client: '10.0.0.1' }, timeout)] }], 0)).toBeUndefined()
    expect(checkToAsk([{ checks: [curl('x', a), curl('z', half)] }], 0)?.check.url).toBe('z')
  })
})

describe('two answers', () => {
  it('exclude each other only where nothing is both', () => {
    const any: Outcome = { kind: 'fails', how: [] }
    const refused: Outcome = { kind: 'fails', how: ['refused'] }
    const slow: Outcome = { kind: 'fails', how: ['timeout', 'unreachable'] }
    const a: Outcome = { kind: 'answers', backends: ['a'] }
    const somebody: Outcome = { kind: 'answers', backends: [] }
    const asB: Outcome = { kind: 'answers', backends: ['a'], client: 'fd00::b' }
    expect(excludes(any, refused)).toBe(false)
    expect(excludes(slow, refused)).toBe(true)
    expect(excludes(a, refused)).toBe(true)
    expect(excludes(a, somebody)).toBe(false)
    expect(excludes(a, asB)).toBe(false)
    expect(excludes(asB, { ...asB, client: 'fd00:0::b' })).toBe(false)
    expect(excludes(asB, { ...asB, client: 'fd00::c' })).toBe(true)
    expect(excludes(a, { ...a, status: 200 })).toBe(false)
    expect(excludes(a, { ...a, status: 404 })).toBe(true)
  })

  it('of shares are far enough apart to be told from each other', () => {
    const of = (a: number, b: number, failed = 0): Outcome => ({ kind: 'shares', shares: { a, b }, failed })
    expect(excludes(of(0.5, 0.5), of(0.55, 0.45))).toBe(false)
    expect(excludes(of(0.5, 0.5), of(0.5, 0.25, 0.25))).toBe(true)
  })
})
