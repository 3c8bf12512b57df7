import { expect, test } from 'vitest'
import type { ReadinessProbe } from '../../src/model/lab.ts'
import { afterProbe } from '../../src/observe/readiness.ts'

const probe: ReadinessProbe = {
  handler: { kind: 'tcpSocket', port: 80 },
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 2,
}

test('kubelet changes its mind only after so many probes in a row', () => {
  let state = { ready: true, against: 0 }
  const seen = [false, false, true, false, false, false, true, false, true, true].map(ok => {
    state = afterProbe(state, ok, probe)
    return state.ready
  })
  expect(seen).toEqual([true, true, true, true, true, false, false, false, false, true])
})
