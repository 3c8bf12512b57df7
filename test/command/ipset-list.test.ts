import { expect, it } from 'vitest'
import { host } from '../../src/command/command.ts'
import { parseSets } from '../../src/command/ipset-list.ts'
import { IpsetState } from '../../src/command/ipset-state.ts'

const saved = `create A hash:ip,port,net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x4008ab94
add A 192.0.2.9,tcp:80,203.0.113.0/24
add A 192.0.2.9,tcp:80,203.0.113.7
create B bitmap:port range 0-65535
`
const sets = { A: ['192.0.2.9,tcp:80,203.0.113.0/24', '192.0.2.9,tcp:80,203.0.113.7'], B: [] }

function plain(of: ReturnType<typeof parseSets>): unknown {
  return Object.fromEntries([...of].map(([name, entries]) => [name, [...entries].sort()]))
}

it('reads what ipset saves', () => {
  expect(plain(parseSets(saved))).toEqual(sets)
})

it('knows the same of the commands that have made it', () => {
  const state = new IpsetState()
  for (const line of [
    'create A hash:ip,port,net family inet',
    'add A 192.0.2.9,tcp:80,203.0.113.7/32',
    'add A 192.0.2.9,tcp:80,203.0.113.0/24 -exist',
    'create B bitmap:port range 0-65535',
    'add B 30080',
    'del B 30080',
    'create C hash:ip',
    'destroy C',
  ])
    state.note(host, ['ipset', ...line.split(' ')])
  expect(plain(state.sets(host))).toEqual(sets)
  expect(plain(state.sets('n1'))).toEqual({})
})
