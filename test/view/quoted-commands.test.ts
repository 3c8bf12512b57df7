import { expect, it } from 'vitest'
import { renderPlan } from '../../src/view/plan-text.ts'
import { quotedCommands } from '../../src/view/quoted-commands.ts'
import { renderHint } from '../../src/view/task-lines.ts'
import { plain, plan, steps } from './fixtures.ts'

const loop = 'for i in 1 2 3 4 5 6 7 8; do curl -sS -m 1 10.100.0.1; done'
const hint = `Ask several times and count: "${loop}". Then list the rules that choose: "iptables-save -t nat | grep default/web".`

it('knows whole commands in quotes, not names, words or commands with a gap', () => {
  expect(quotedCommands(hint)).toEqual([loop, 'iptables-save -t nat | grep default/web'])
  expect(quotedCommands('"sysctl" shows it; "ip route add …" mends it; "hairpin off" is said')).toEqual([])
  expect(quotedCommands('"ip route", once more "ip route"')).toEqual(['ip route'])
  expect(quotedCommands('先看“ip -n anna route”。')).toEqual(['ip -n anna route'])
})

it.each([80, 40])('shows each below its hint in one piece, in %i columns', width => {
  const style = plain(width)
  const lines = renderHint(style, { hint, given: 1, of: 4 }).split('\n')
  expect(lines).toContain(`    ${loop}`)
  expect(lines).toContain('    iptables-save -t nat | grep default/web')

  const task = { text: 'Mend it.', start: [], goal: [], hints: [hint], solution: [] }
  const planned = renderPlan(style, { ...plan, steps: [{ ...steps[0]!, task }] }).split('\n')
  expect(planned).toContain(`            ${loop}`)
})
