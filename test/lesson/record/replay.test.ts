import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Entry } from '../../../src/lesson/record/entries.ts'
import { parseRecord } from '../../../src/lesson/record/read-record.ts'
import { deedsOf, replayScript, type TypedAgain } from '../../../src/lesson/record/replay.ts'
import { ownFolder } from '../../own-folder.ts'
import { begin, recordText, type Timed } from './records.ts'

const folder = ownFolder('replay')

const typed = (line: string, more: Partial<TypedAgain> = {}): TypedAgain => ({
  ...{ line, in: '', folder, shell: 1 },
  ...more,
})

function entriesOf(timed: readonly Timed[]): readonly Entry[] {
  const record = parseRecord(recordText(timed), 'x.jsonl')
  return 'refusal' in record ? [] : record.entries
}

it('runs each line by itself, in its folder, with what was said before it', () => {
  const lines = [
    typed('NAME=one'),
    typed("touch $NAME 'it'\\''s'"),
    typed('touch other$NAME', { shell: 2 }),
    typed('exit 1; touch never'),
    typed('false && touch never'),
    typed('touch $(echo two); : "$(cat)"'),
  ]
  execFileSync('bash', ['-s'], { input: replayScript(lines, 5) })
  expect(readdirSync(folder).sort()).toEqual(["it's", 'one', 'other', 'two'])
})

it('leaves a line that does not end, and goes on', () => {
  execFileSync('bash', ['-s'], { input: replayScript([typed('sleep 1000'), typed('touch later')], 0.2) })
  expect(readdirSync(folder)).toContain('later')
})

it('does not run again what only looks, but what looks and does something besides', () => {
  const script = replayScript(
    ['curl -s 10.0.0.1', 'tcpdump -i eth0', 'cat /etc/hosts', 'ip route'].map(line => typed(line)),
    5,
  )
  expect(script).not.toMatch(/curl|tcpdump|hosts/)
  expect(script).toContain("'ip route'")
  expect(replayScript([typed('curl x; ip link set a down')], 5)).toContain('ip link set a down')
  expect(replayScript([typed('cat $(ip link del a)')], 5)).toContain('ip link del a')
})

it('quotes whatever a record has for a place and a folder', () => {
  const evil = typed('true', { in: "x'; touch evil; '", folder: "/'; touch evil; '" })
  execFileSync('bash', ['-s'], { input: `cd '${folder}'\n${replayScript([evil], 1)}` })
  expect(readdirSync(folder)).not.toContain('evil')
})

it('forgets what was done before the lesson went back', () => {
  const line = (text: string): Timed => [5, { kind: 'typed', line: text, in: '', folder: '/', shell: 7 }]
  const step = (index: number): Timed[] => [
    [5, { kind: 'step', step: index }],
    [5, { kind: 'done', step: index, ok: true, checks: [] }],
  ]
  const deeds = deedsOf(
    entriesOf([
      begin('anna'),
      ...step(0),
      line('ip link del a'),
      ...step(1),
      line('ip link del b'),
      [5, { kind: 'back', steps: 1 }],
      ...step(1),
      line('ip link del c'),
    ]),
  )
  expect(deeds.map(deed => deed.typed.map(({ line: text }) => text))).toEqual([[], ['ip link del c']])
  expect(deeds.map(({ held }) => held)).toEqual([true, true])
  // What lies behind was built again, a task by its solution.
  expect(deeds.map(({ solution }) => solution)).toEqual([true, false])
})
