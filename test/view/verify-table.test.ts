import { describe, expect, it } from 'vitest'
import type { VerifyReport } from '../../src/verify/report.ts'
import { renderVerify, renderVerifyFailures } from '../../src/view/verify-table.ts'
import { coloured, failedCheck, heldCheck, plain, sample } from './fixtures.ts'

const well: VerifyReport = {
  lab: 'clusterip',
  ok: true,
  checks: [heldCheck, heldCheck],
  services: [sample('host', 491, 509), sample('netns_011', 520, 480)],
}
const manyPods = Array.from({ length: 7 }, (_, index) => `pod-${index + 1}`)
const ill: VerifyReport = {
  lab: 'clusterip',
  ok: false,
  checks: [heldCheck, failedCheck],
  services: [
    sample('host', 491, 259, {
      failed: 250,
      failures: { refused: 240, unreachable: 0, timeout: 10, other: 0 },
      pValue: 1e-9,
      ok: false,
      complaint: '250 of 1,000 requests failed (240 refused, 10 timed out), but none may',
    }),
    sample('client', 500, 500),
  ],
}

describe('a lab that is well', () => {
  it('has a line for each place where it fits', () => {
    expect(renderVerify(plain(150), well)).toMatchInlineSnapshot(`
      "✔ all 2 checks hold

      default/http-server  10.100.100.100:8080
        from host       1,000 requests  netns_011 ███████▉  49.1 %   netns_021 ████████▏ 50.9 %   0 failed   even (p = 0.57)   p50 0.3 ms  p99 1.1 ms
        from netns_011  1,000 requests  netns_011 ████████▍ 52.0 %   netns_021 ███████▋  48.0 %   0 failed   even (p = 0.57)   p50 0.3 ms  p99 1.1 ms

      clusterip is well: 2 checks and 1 service from 2 places verified
      "
    `)
  })

  it('tells of a check that might have gone several ways which of them it went', () => {
    const either = { ...heldCheck, means: 'On this kernel the old way still works.' }
    expect(renderVerify(plain(60), { ...well, checks: [heldCheck, either], services: [] })).toBe(`\
✔ all 2 checks hold
  curl 10.100.100.100:8080 from host: netns_011 answered
    On this kernel the old way still works.

clusterip is well: 2 checks verified
`)
  })

  it('folds in 80 and in 40 columns', () => {
    expect(renderVerify(plain(80), well)).toMatchInlineSnapshot(`
      "✔ all 2 checks hold

      default/http-server  10.100.100.100:8080
        from host       1,000 requests   0 failed   even (p = 0.57)
                        p50 0.3 ms  p99 1.1 ms
                        netns_011 ███████▉  49.1 %   netns_021 ████████▏ 50.9 %
        from netns_011  1,000 requests   0 failed   even (p = 0.57)
                        p50 0.3 ms  p99 1.1 ms
                        netns_011 ████████▍ 52.0 %   netns_021 ███████▋  48.0 %

      clusterip is well: 2 checks and 1 service from 2 places verified
      "
    `)
    expect(renderVerify(plain(40), well)).toMatchInlineSnapshot(`
      "✔ all 2 checks hold

      default/http-server  10.100.100.100:8080
        from host
          1,000 requests   0 failed
          even (p = 0.57)
          p50 0.3 ms  p99 1.1 ms
          netns_011 ███████▉  49.1 %
          netns_021 ████████▏ 50.9 %
        from netns_011
          1,000 requests   0 failed
          even (p = 0.57)
          p50 0.3 ms  p99 1.1 ms
          netns_011 ████████▍ 52.0 %
          netns_021 ███████▋  48.0 %

      clusterip is well: 2 checks and
        1 service from 2 places verified
      "
    `)
  })

  it('shows many backends in columns', () => {
    const many = sample('client', 0, 0, {
      service: 'default/many',
      portName: 'http',
      requests: 700,
      backends: Object.fromEntries(manyPods.map((pod, index) => [pod, 97 + index])),
      expectedShare: Object.fromEntries(manyPods.map(pod => [pod, 1 / 7])),
    })
    expect(renderVerify(plain(80), { ...well, checks: [], services: [many] })).toMatchInlineSnapshot(`
      "default/many:http  10.100.100.100:8080
        from client  700 requests   0 failed   even (p = 0.57)
                     p50 0.3 ms  p99 1.1 ms
                     pod-1 ███████▊  13.9 %   pod-2 ███████▉  14.0 %
                     pod-3 ███████▉  14.1 %   pod-4 ████████  14.3 %
                     pod-5 ████████▏ 14.4 %   pod-6 ████████▏ 14.6 %
                     pod-7 ████████▎ 14.7 %

      clusterip is well: 1 service from 1 place verified
      "
    `)
  })

  it('calls shares that are not even as expected, and a service without endpoints refused', () => {
    const uneven = sample('host', 750, 250, { expectedShare: { netns_011: 0.75, netns_021: 0.25 } })
    const { latency: _, ...empty } = sample('host', 0, 0, {
      service: 'default/empty',
      requests: 10,
      failed: 10,
      failures: { refused: 10, unreachable: 0, timeout: 0, other: 0 },
      backends: {},
      expectedShare: {},
      pValue: 1,
    })
    expect(
      renderVerify(plain(150), { ...well, checks: [], services: [uneven, empty] }),
    ).toMatchInlineSnapshot(`
      "default/http-server  10.100.100.100:8080
        from host  1,000 requests  netns_011 ████████ 75.0 %   netns_021 ██▋      25.0 %   0 failed   as expected (p = 0.57)   p50 0.3 ms  p99 1.1 ms

      default/empty  10.100.100.100:8080
        from host  10 requests  10 failed (refused), as expected

      clusterip is well: 2 services from 1 place verified
      "
    `)
  })

  it('says nothing with --quiet', () => {
    expect(renderVerifyFailures(plain(80), well)).toBe('')
  })
})

describe('a lab that is not well', () => {
  it('shows the failed check in full, the complaint on a line of its own, and the verdict', () => {
    expect(renderVerify(plain(80), ill)).toMatchInlineSnapshot(`
      "✘ 1 of 2 checks hold; this one does not:

        curl 10.100.100.100:8080 from netns_011
          expected  netns_011 answers
          observed  timed out after 0.5 s
          of step   A virtual IP with one DNAT rule

      default/http-server  10.100.100.100:8080
        from host    1,000 requests   250 failed (240 refused, 10 timed out)
                     (p < 0.000001)   p50 0.3 ms  p99 1.1 ms
                     netns_011 ██████████▌ 65.5 %   netns_021 █████▌      34.5 %
                     ✘ 250 of 1,000 requests failed (240 refused, 10 timed out), but
                       none may
        from client  1,000 requests   0 failed   even (p = 0.57)
                     p50 0.3 ms  p99 1.1 ms
                     netns_011 ████████    50.0 %   netns_021 ████████    50.0 %

      clusterip is not well: 1 check fails and default/http-server is off from host
      Try:  netlab trace clusterip netns_011 10.100.100.100:8080
      "
    `)
  })

  it('shows only what is off with --quiet', () => {
    expect(renderVerifyFailures(plain(80), ill)).toMatchInlineSnapshot(`
      "✘ 1 of 2 checks hold; this one does not:

        curl 10.100.100.100:8080 from netns_011
          expected  netns_011 answers
          observed  timed out after 0.5 s
          of step   A virtual IP with one DNAT rule

      default/http-server  10.100.100.100:8080
        from host  1,000 requests   250 failed (240 refused, 10 timed out)
                   (p < 0.000001)   p50 0.3 ms  p99 1.1 ms
                   netns_011 ██████████▌ 65.5 %   netns_021 █████▌      34.5 %
                   ✘ 250 of 1,000 requests failed (240 refused, 10 timed out), but
                     none may

      clusterip is not well: 1 check fails and default/http-server is off from host
      Try:  netlab trace clusterip netns_011 10.100.100.100:8080
      "
    `)
  })

  it('has its complaint in red', () => {
    const line = renderVerify(coloured(120), ill)
      .split('\n')
      .find(line => line.includes('none may'))
    expect(line).toBe(
      '               \u001b[31m✘\u001b[39m \u001b[31m250 of 1,000 requests failed (240 refused, 10 timed out), but none may\u001b[39m',
    )
  })
})
