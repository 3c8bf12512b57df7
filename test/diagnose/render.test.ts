import { expect, it } from 'vitest'
import type { VerifyReport } from '../../src/verify/report.ts'
import { checkFailureLines } from '../../src/view/failure.ts'
import { renderVerifyJson } from '../../src/view/json.ts'
import { renderVerify } from '../../src/view/verify-table.ts'
import { failedCheck, plain, sample } from '../view/fixtures.ts'

const evidence = {
  headline: 'netns_011 has no default route',
  mend: 'ip -n netns_011 route add default via 10.0.0.1',
  typed: ['netlab exec clusterip -- ip -n netns_011 route add default via 10.0.0.1'],
  lines: ['$ ip -n netns_011 route', '10.0.0.0/24 dev eth0'],
}
const check = { ...failedCheck, evidence }
const off = { ok: false, failed: 3, complaint: '3 of 1000 requests failed', evidence }
const report: VerifyReport = {
  lab: 'clusterip',
  ok: false,
  checks: [check, check],
  services: [sample('host', 490, 510, off)],
}

it('shows the cause and what to type in one line where there is room', () => {
  expect(checkFailureLines(plain(120), check, 0).slice(3)).toEqual([
    '',
    '  netns_011 has no default route: netlab exec clusterip -- ip -n netns_011 route add default via 10.0.0.1',
    '    $ ip -n netns_011 route',
    '    10.0.0.0/24 dev eth0',
  ])
})

it('gives the command a line of its own where there is none, and does not break it', () => {
  expect(checkFailureLines(plain(40), check, 0).slice(-4)).toEqual([
    '  netns_011 has no default route:',
    '    netlab exec clusterip -- ip -n netns_011 route add default via 10.0.0.1',
    '    $ ip -n netns_011 route',
    '    10.0.0.0/24 dev eth0',
  ])
})

it('gives each of several commands a line of its own, though both would fit', () => {
  const typed = ['netlab exec x -- ip link', 'netlab exec x -- ip route']
  const two = { ...check, evidence: { ...evidence, typed } }
  expect(checkFailureLines(plain(120), two, 0).slice(4, 7)).toEqual([
    '  netns_011 has no default route:',
    '    netlab exec x -- ip link',
    '    netlab exec x -- ip route',
  ])
})

it('tells a cause once, with all that it explains, and of each sample that it is the one above', () => {
  const other = { ...check, observed: 'was refused' }
  const both = { ...report, checks: [check, other] }
  const text = renderVerify(plain(120), both)
  expect(text.split('netns_011 has no default route')).toHaveLength(2)
  expect(text.split('$ ip -n netns_011 route\n')).toHaveLength(2)
  expect(text).toContain(`
    The same is why these do not hold:
      curl 10.100.100.100:8080 from netns_011: was refused
`)
  expect(text).toMatch(/✘ 3 of 1000 requests failed\n +its cause is told above\n/)
})

it('names the cause of a sample again where several are told above', () => {
  const second = { ...evidence, headline: 'eth0 is down', typed: [] }
  const text = renderVerify(plain(120), { ...report, checks: [check, { ...check, evidence: second }] })
  expect(text).toContain('its cause, as above: netns_011 has no default route\n')
  expect(text).not.toContain('The same is why')
})

it('of very many things with one cause only some are listed', () => {
  const text = renderVerify(plain(120), {
    ...report,
    checks: Array.from({ length: 20 }, () => ({ ...check })),
  })
  expect(text).toContain('\n      and 7 more\n')
})

it('keeps all of it in JSON, and no key where there is nothing to say', () => {
  const { checks, services } = JSON.parse(renderVerifyJson(report))
  expect(checks.map((one: { evidence: unknown }) => one.evidence)).toEqual([evidence, evidence])
  expect(services[0].evidence).toEqual(evidence)
  const well = JSON.parse(renderVerifyJson({ ...report, services: [sample('host', 490, 510)] }))
  expect(well.services[0]).not.toHaveProperty('evidence')
})
