import { expect, it } from 'vitest'
import { host } from '../../../src/command/command.ts'
import { containerlabTopology } from '../../../src/export/containerlab.ts'
import type { Check, CurlCheck, Expectation } from '../../../src/model/lab.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import { lastingChecks } from '../../../src/verify/verify.ts'
import { readClab } from './clab-file.ts'
import { type Asked, type Ran, runContainers } from './containers.ts'

const labs = [
  { lab: 'clusterip', order: 'as written' },
  { lab: 'clusterip', order: 'the last one first' },
  { lab: 'flannel-host-gw', order: 'as written' },
  { lab: 'flannel-mtu', order: 'as written' },
  { lab: 'nat-router', order: 'the last one first' },
  { lab: 'service-across-nodes', order: 'the last one first' },
  { lab: 'dual-stack', order: 'as written' },
]

it.each(labs)('$lab holds in containers that run their lines, $order', ({ lab, order }) => {
  const built = labAsBuilt(loadLab(findLab(lab)))
  const topology = readClab(containerlabTopology(built, 'netlab'))
  const names = Object.keys(topology.topology.nodes)
  const hostName = built.lab.nodes.length > 0 ? 'switch' : 'node'
  const checks = lastingChecks(built).map(({ check }) => check)
  const asked = checks.map(
    (check): Asked => ({ node: check.from === host ? hostName : check.from, argv: askedBy(check) }),
  )
  const { failed, answers } = runContainers(topology, order === 'as written' ? names : names.reverse(), asked)
  expect(failed).toEqual([])
  expect(checks.length).toBeGreaterThan(3)
  const seen = checks.map((check, at) => ({ check, answer: answers[at]! }))
  expect(seen.filter(({ check, answer }) => !holds(check, answer))).toEqual([])
})

function isSilence({ expect: expected }: CurlCheck): boolean {
  return expected.some(one => one.kind === 'fails' && one.how.includes('timeout'))
}

/** Requests of which shares are told: each endpoint that has a fifth of them is left out by chance once in 10^9. */
const manyRequests = 100

function askedBy(check: Check): string[] {
  if (check.kind === 'command') return [...check.argv]
  const ask = (seconds: number) => `curl --silent --noproxy '*' --max-time ${seconds}`
  const script = {
    shares: `${ask(2)} "$1/?[1-${manyRequests}]"`,
    stays: `${ask(2)} "$1/?[1-${manyRequests}]"`,
    // A first refusal may stay unheard over IPv6, whose neighbours are found first.
    fails: `${ask(isSilence(check) ? 1 : 5)} "$1"`,
    answers: `tries=0; until ${ask(5)} "$1"; do tries=$((tries + 1)); [ $tries -lt 60 ] || exit 1; sleep 0.25; done`,
  }[kindOf(check)]
  return ['sh', '-c', script, 'sh', check.url]
}

function kindOf({ expect: expected }: CurlCheck): Expectation['kind'] {
  return expected[0]!.kind
}

type Answer = Ran['answers'][number]

function holds(check: Check, answer: Answer): boolean {
  if (check.kind === 'curl') return check.expect.some(one => isMet(one, answer))
  const isEnd = check.exit === undefined ? answer.code !== 0 : answer.code === check.exit
  return (
    isEnd && (check.output === undefined || new RegExp(check.output, 'm').test(answer.out.replace(/\n$/, '')))
  )
}

function isMet(expected: Expectation, { out, code }: Answer): boolean {
  const seen = [...out.matchAll(/you are talking to (\S+) \(\S+\), you are (\S+)/g)]
  switch (expected.kind) {
    case 'fails':
      // curl(1): 7 is refused or unreachable, 28 is over time.
      return expected.how.some(how => code === (how === 'timeout' ? 28 : 7))
    case 'answers':
      return (
        code === 0 &&
        (expected.backends.length === 0 || expected.backends.includes(seen[0]?.[1] ?? '')) &&
        (expected.client === undefined || expected.client === seen[0]?.[2])
      )
    case 'stays':
      return code === 0 && new Set(seen.map(([, name]) => name)).size === 1
    case 'shares': {
      const names = new Set(seen.map(([, name]) => name))
      const large = Object.entries(expected.shares).filter(([, share]) => share >= 0.2)
      return large.every(([name]) => names.has(name)) && seen.length < manyRequests === expected.failed > 0
    }
  }
}
