import { expect, test } from 'vitest'
import { judged } from '../../../src/lesson/predictions/explanation.ts'
import { type SenderReason, senderReason } from '../../../src/lesson/predictions/sender.ts'
import type { CurlCheck } from '../../../src/model/lab.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import type { TraceReport } from '../../../src/trace/report.ts'
import type { CheckResult } from '../../../src/verify/report.ts'
import { recorded } from '../../view/trace/recorded.ts'

const running = labAsBuilt(loadLab(findLab('clusterip')))

const byRule: SenderReason = {
  ...{ kind: 'rule', place: 'host', table: 'nat', chain: 'POSTROUTING' },
  rule: '-s 10.0.0.0/24 -j MASQUERADE',
}

const byRoute: SenderReason = {
  ...{ kind: 'route', place: 'host' },
  route: '10.0.0.11 dev br1 src 10.0.0.1',
}

test('a rule that has written another sender over it is named', () => {
  expect(senderReason(recorded('masqueraded'), '10.0.0.1')).toEqual({
    ...{ kind: 'rule', place: 'host', table: 'nat', chain: 'KUBE-POSTROUTING' },
    rule: '-j MASQUERADE --random-fully',
  })
})

test('where no rule does, it is the source of the route that was taken', () => {
  const report: TraceReport = {
    ...recorded('masqueraded'),
    from: 'host',
    saw: { ok: true, words: '', client: '10.0.0.1', ms: 1 },
    ways: [
      {
        direction: 'out',
        visits: [
          {
            place: 'host',
            items: [{ kind: 'route', text: '10.0.0.11 dev br1 src 10.0.0.1 uid 0 cache' }],
          },
        ],
      },
    ],
  }
  expect(senderReason(report, '10.0.0.1')).toEqual(byRoute)
  // Nothing is guessed of another address than was seen, or than the route names.
  expect(senderReason(report, '10.0.0.7')).toBeUndefined()
  expect(senderReason({ ...report, ways: [] }, '10.0.0.1')).toBeUndefined()
})

function because(sender: SenderReason | undefined, language?: 'zh'): string {
  const answer = { text: '', outcome: { kind: 'answers' as const, backends: [], client: '10.0.0.1' } }
  const check = { kind: 'curl', url: '10.0.0.11:8080', from: 'host' } as CurlCheck
  const prediction = { ask: '', answers: [answer], right: 0, check }
  const lab = language === undefined ? running.lab : { ...running.lab, language }
  const result = { check, ok: true } as unknown as CheckResult
  const observed = { ...result, seen: { kind: 'answered' } } as unknown as CheckResult
  return judged(prediction, 0, { running: { ...running, lab }, result: observed, stepOk: true, sender })
    .because
}

test('the explanation names what decided', () => {
  expect(because(byRoute)).toContain('"10.0.0.11 dev br1 src 10.0.0.1" says src 10.0.0.1')
  expect(because(byRule)).toContain(
    'A rule of nat POSTROUTING in host wrote 10.0.0.1 over the sender: "-s 10.0.0.0/24 -j MASQUERADE".',
  )
  expect(because(undefined)).not.toContain('or a rule')
})

test('in Chinese as well', () => {
  expect(because(byRoute, 'zh')).toContain('“10.0.0.11 dev br1 src 10.0.0.1”')
  expect(because(byRule, 'zh')).toContain('“-s 10.0.0.0/24 -j MASQUERADE”')
})
