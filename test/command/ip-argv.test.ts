import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { addressWord, linkName, parseIp } from '../../src/command/ip-argv.ts'

const parse = (line: string) => parseIp(line.split(' '))

describe('a command of ip(8), however short', () => {
  it.each([
    ['ip a', { object: 'address', verb: '', words: [] }],
    [
      'ip addr a 10.0.0.1/24 dev br1',
      { object: 'address', verb: 'add', words: ['10.0.0.1/24', 'dev', 'br1'] },
    ],
    ['ip l s br1 up', { object: 'link', verb: 'set', words: ['br1', 'up'] }],
    ['ip ro del default', { object: 'route', verb: 'delete', words: ['default'] }],
    ['ip r a default via 10.0.0.1', { object: 'route', verb: 'add' }],
    ['ip ru l', { object: 'rule', verb: 'list' }],
    ['ip n replace 10.0.0.1', { object: 'neigh', verb: 'replace' }],
    ['ip neighbour flush dev br1', { object: 'neigh', verb: 'flush' }],
    ['ip net e a true', { object: 'netns', verb: 'exec', words: ['a', 'true'] }],
    ['ip -n a link', { namespace: 'a', options: [], object: 'link', verb: '' }],
    ['ip --netns a -6 route', { namespace: 'a', options: ['-6'], object: 'route' }],
    ['ip -f inet6 -j addr', { namespace: undefined, options: ['-f', 'inet6', '-j'], object: 'address' }],
    ['ip frobnicate it', { object: 'frobnicate', verb: 'it' }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected)
  })

  it('has an object', () => {
    expect(parse('ip -batch -')).toBeUndefined()
    expect(parse('ip -V')).toBeUndefined()
    expect(parse('bridge link')).toBeUndefined()
  })
})

describe('the name of a link', () => {
  it.each([
    ['name br1 type bridge', 'br1'],
    ['br1 type bridge', 'br1'],
    ['dev v0 master br1 up', 'v0'],
    ['v0 netns a', 'v0'],
    ['up dev v0', 'v0'],
    ['up v0', 'v0'],
    ['link eth0 name eth0.5 type vlan id 5', 'eth0.5'],
    ['mtu 1400 type bridge', undefined],
  ])('%s', (words, name) => {
    expect(linkName(words.split(' '))).toBe(name)
  })
})

/** What ip(8) itself takes an abbreviation for, from the help that it prints. */
describe('abbreviations are those of ip(8) itself', () => {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  const usage = (object: string) =>
    spawnSync('ip', [object, 'help'], { encoding: 'utf8', env }).stderr.split('\n')[0]
  it.each(['a', 'add', 'l', 'li', 'r', 'ro', 'ru', 'n', 'ne', 'net', 'netn'])('%s', short => {
    expect(usage(short)).toBe(usage(parse(`ip ${short}`)!.object))
  })
})

it.each([
  ['10.0.0.1/24 dev br1', '10.0.0.1/24'],
  ['10.0.0.1 dev br1', '10.0.0.1/32'],
  ['dev br1 fd00::1 nodad', 'fd00::1/128'],
  ['dev cafe', undefined],
])('the address of `ip address add %s`', (words, address) => {
  expect(addressWord(words.split(' '))).toBe(address)
})
