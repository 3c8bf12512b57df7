import { describe, expect, it } from 'vitest'
import { differences } from './differences.ts'

const state = {
  places: { host: { iptables: ['*nat\n-A a\n-A b'], sysctl: ['x = 1', 'y = 2', 'y = 2'] } },
  links: [[{ ifname: 'lo' }], []],
  sysctls: { 'net.z': '1' },
}

describe('the differences of two states', () => {
  it('are none where they are alike', () => {
    expect(differences(structuredClone(state), state)).toEqual([])
  })

  it.each([
    ['a line that came', { sysctl: ['x = 1', 'y = 2', 'y = 2', 'z = 3'] }, ['+ host: sysctl: z = 3']],
    ['a line that is there once less', { sysctl: ['x = 1', 'y = 2'] }, ['- host: sysctl: y = 2']],
    ['what is gone', { sysctl: undefined }, ['- host: sysctl: x = 1']],
    [
      'another order',
      { sysctl: ['y = 2', 'x = 1', 'y = 2'] },
      ['~ host: sysctl: y = 2 stands where x = 1 was'],
    ],
  ])('tell %s', (_, changed, told) => {
    const { host } = state.places
    expect(differences({ host: { ...host, ...changed } }, { host })).toEqual(expect.arrayContaining(told))
  })

  it('tell a value, an entry and a line of a text that changed', () => {
    expect(differences({ ...state, sysctls: { 'net.z': '2' } }, state)).toEqual([
      '- sysctls: net.z: 1',
      '+ sysctls: net.z: 2',
    ])
    expect(differences({ ...state, links: [[], []] }, state)).toEqual(['- links: 0: {"ifname":"lo"}'])
    expect(differences('*nat\n-A a', '*nat\n-A b')).toEqual(['- -A b', '+ -A a'])
  })
})
