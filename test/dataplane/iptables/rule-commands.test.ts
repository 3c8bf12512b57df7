import { expect, it } from 'vitest'
import { editScript } from '../../../src/command/edit-script.ts'
import { ruleCommands } from '../../../src/dataplane/iptables/rule-commands.ts'
import { compile, service, slice } from './fixtures.ts'

const commands = (before: string[] | undefined, after: string[] | undefined) => {
  const [previous, next] = [before, after].map(
    ips => ips && compile([service()], ips.length ? [slice(ips)] : []),
  )
  return ruleCommands(previous, next).map(({ argv }) => argv.join(' '))
}

it('the first sync makes the chains, fills them, and then lets traffic in', () => {
  const all = commands(undefined, ['10.1.0.2'])
  const kinds = all
    .filter(command => command.startsWith('iptables -t nat'))
    .map(command => command.slice(16, 18))
  expect(kinds.join(' ')).toBe('-N -N -N -N -N -N -A -A -A -A -A -A -A -A -A -I -I -I')
  expect(all.at(-1)).toBe(
    'iptables -t nat -I POSTROUTING 1 -m comment --comment kubernetes postrouting rules -j KUBE-POSTROUTING',
  )
})

it('the first endpoint replaces the REJECT rule by chains', () => {
  expect(commands([], ['10.1.0.2']).map(command => command.replace(/ -m .*/, ''))).toEqual([
    'iptables -t filter -F KUBE-SERVICES',
    'iptables -t nat -N KUBE-SVC-N5W5PH5NLY2BP4HG',
    'iptables -t nat -N KUBE-SEP-QXF2N6JNPGRLU526',
    'iptables -t nat -I KUBE-SERVICES 1',
    'iptables -t nat -A KUBE-SVC-N5W5PH5NLY2BP4HG',
    'iptables -t nat -A KUBE-SEP-QXF2N6JNPGRLU526',
    'iptables -t nat -A KUBE-SEP-QXF2N6JNPGRLU526',
  ])
})

it('a second endpoint is one chain more, and a rule before the one that takes what is left', () => {
  const [make, insert, ...fill] = commands(['10.1.0.3'], ['10.1.0.2', '10.1.0.3'])
  expect(make).toMatch(/^iptables -t nat -N KUBE-SEP-\w{16}$/)
  expect(insert).toMatch(
    /^iptables -t nat -I KUBE-SVC-\w{16} 1 .* --probability 0.5000000000 -j KUBE-SEP-\w{16}$/,
  )
  expect(fill).toHaveLength(2)
})

it('an endpoint that goes takes its chain along, emptied first', () => {
  expect(commands(['10.1.0.2', '10.1.0.3'], ['10.1.0.3']).map(command => command.split(' ')[3])).toEqual([
    '-D',
    '-F',
    '-X',
  ])
})

it('taking all away leaves the built-in chains first', () => {
  const all = commands(['10.1.0.2'], undefined).filter(command => command.startsWith('iptables -t nat'))
  expect(all.slice(0, 3).every(command => command.startsWith('iptables -t nat -D'))).toBe(true)
  expect(
    all
      .slice(3)
      .map(command => command.split(' ')[3])
      .join(' '),
  ).toBe('-F -F -F -F -F -F -X -X -X -X -X -X')
})

it('IPv6 rules are for ip6tables', () => {
  const rules = compile([service({ clusterIPs: ['fd00::1'] })], [], {}, { family: 'ipv6' })
  expect(new Set(ruleCommands(undefined, rules).map(({ argv: [program] }) => program))).toEqual(
    new Set(['ip6tables']),
  )
})

it.each([
  ['abc', 'abc', []],
  ['ab', 'abc', ['append c']],
  ['ac', 'abc', ['insert b at 1']],
  ['abc', 'ac', ['delete at 1']],
  ['abc', 'axc', ['replace at 1 by x']],
  ['abcd', 'bxd', ['delete at 0', 'replace at 1 by x']],
])('the edits from %s to %s are few', (before, after, expected) => {
  const words = editScript([...before], [...after]).map(edit => {
    if (edit.kind === 'append') return `append ${after[edit.item]}`
    if (edit.kind === 'delete') return `delete at ${edit.at}`
    return edit.kind === 'insert'
      ? `insert ${after[edit.item]} at ${edit.at}`
      : `replace at ${edit.at} by ${after[edit.item]}`
  })
  expect(words).toEqual(expected)
})
