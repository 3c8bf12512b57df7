import { expect, it } from 'vitest'
import { NftState } from '../../src/command/nft-state.ts'

/** What is in the table ip t after commands: chains with their rules, sets and maps with their keys. */
function after(...lines: string[]): unknown {
  const state = new NftState('ip t')
  for (const line of lines) state.note(['nft', line])
  const { table } = state
  return (
    table && {
      ...Object.fromEntries([...table.chains].map(([name, { rules }]) => [name, [...rules]])),
      ...Object.fromEntries([...table.sets].map(([name, { elements }]) => [name, [...elements.keys()]])),
    }
  )
}

const made = [
  'add table ip t { comment "x" ; }',
  'add chain ip t c { type nat hook prerouting priority -100 ; }',
  'add rule ip t c ip daddr 10.0.0.1 drop',
  'add map ip t m { type ipv4_addr : verdict ; }',
  'add element ip t m { 10.0.0.1 comment "a" : drop }',
]
const all = { c: ['ip daddr 10.0.0.1 drop'], m: ['10.0.0.1'] }

it.each([
  ['nothing more', [], all],
  ['a look at it', ['list table ip t', 'list map ip t m', 'list chain ip t c'], all],
  ['the same once more', made.slice(0, 2), all],
  ['what is done to another table', ['delete table ip other', 'flush table ip6 t'], all],
  ['its rules are flushed', ['flush table ip t'], { c: [], m: ['10.0.0.1'] }],
  ["a chain's rules are flushed", ['flush chain ip t c'], { c: [], m: ['10.0.0.1'] }],
  ['a chain and a map go', ['delete chain ip t c', 'delete map ip t m'], {}],
  ['an element goes', ['delete element ip t m { 10.0.0.1 }'], { ...all, m: [] }],
  ['it goes', ['delete table ip t'], undefined],
])('what commands have put into a table is known after %s', (_, lines, there) => {
  expect(after(...made, ...lines)).toEqual(there)
})
