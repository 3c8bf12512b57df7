import { expect, test } from 'vitest'
import type { Finding } from '../../src/sandbox/doctor.ts'
import { renderDoctor, renderDoctorJson } from '../../src/view/doctor-table.ts'
import { plainStyle } from '../../src/view/terminal.ts'

const fine: Finding = { topic: 'kernel', state: 'ok', found: '6.1.0' }
const install = ['sudo apt-get install --no-install-recommends iptables conntrack']

test('a machine that lacks nothing', () => {
  expect(renderDoctor(plainStyle(80), [fine])).toBe(
    '  ✔ kernel  6.1.0\n\nNothing is missing: labs run here.\n',
  )
})

test('each problem with what to type, those of one remedy together', () => {
  const findings: Finding[] = [
    fine,
    { topic: 'iptables', state: 'missing', found: 'not found', fix: install },
    { topic: 'conntrack', state: 'missing', found: 'not found', fix: install },
    {
      topic: 'br_netfilter',
      state: 'missing',
      found: 'No such file',
      means: 'Services break.',
      fix: ['sudo modprobe br_netfilter'],
    },
  ]
  expect(renderDoctor(plainStyle(80), findings)).toBe(`\
  ✔ kernel        6.1.0
  ✘ iptables      not found
  ✘ conntrack     not found
  ✘ br_netfilter  No such file

✘ iptables, conntrack
    sudo apt-get install --no-install-recommends iptables conntrack

✘ br_netfilter
  Services break.
    sudo modprobe br_netfilter

3 problems: labs do not run here yet.
`)
})

test('what only some labs need does not keep the others from running', () => {
  const findings: Finding[] = [
    fine,
    { topic: 'nginx', state: 'warning', found: 'not found', means: 'Debian has it.' },
  ]
  expect(renderDoctor(plainStyle(80), findings)).toContain(
    'Labs run here; 1 thing that some of them need is missing.\n',
  )
})

test('a line to type is never broken', () => {
  const findings: Finding[] = [{ topic: 'iptables', state: 'missing', found: 'not found', fix: install }]
  expect(renderDoctor(plainStyle(40), findings)).toContain(`\n    ${install[0]}\n`)
})

test('as JSON, the findings as they are', () => {
  expect(JSON.parse(renderDoctorJson([fine], true))).toEqual({ ok: true, findings: [fine] })
})
