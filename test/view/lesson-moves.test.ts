import { expect, test } from 'vitest'
import type { WalkedStep } from '../../src/lesson/lesson-record.ts'
import type { Check } from '../../src/model/lab.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab } from '../../src/read/load-shipped.ts'
import { nextQuestion } from '../../src/view/lesson-moves.ts'
import { failedCheck, heldCheck } from './fixtures.ts'

const { pods } = loadLab(findLab('kube-dns'))
const client = pods.find(({ nameservers }) => nameservers.length > 0)!
const dig: Check = {
  ...{ kind: 'command', from: client.name, within: 5, once: false, exit: 0 },
  argv: ['dig', '+short', 'web.default.svc.cluster.local'],
}

function walked(checks: WalkedStep['checks'], traces: number): WalkedStep {
  return { checks, traces: Array.from({ length: traces }, () => ({})) } as unknown as WalkedStep
}

test('a check asks its pod’s name server, and so does the trace of it', () => {
  const url = `udp://${client.nameservers[0]}:53/web.default.svc.cluster.local`
  const held = { ...heldCheck, check: dig }
  expect(nextQuestion(walked([held], 0), pods)).toEqual({ from: client.name, url })
})

test('a check that failed comes first, then the others, and then the first one again', () => {
  const asked = [0, 1, 2].map(traces => nextQuestion(walked([failedCheck, heldCheck], traces), pods)?.from)
  expect(asked).toEqual([failedCheck, heldCheck, failedCheck].map(({ from }) => from))
})
