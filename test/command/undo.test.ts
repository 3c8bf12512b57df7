import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shellLine } from '../../src/command/command-line.ts'
import { Before, undoOf } from '../../src/command/undo.ts'

const undo = (line: string, before = new Before()) =>
  undoOf({ argv: line.split(' '), in: 'host' }, before).map(({ argv }) => argv.join(' '))

describe('a command is taken back by', () => {
  it.each([
    ['ip netns add a', ['ip netns delete a']],
    ['ip link add name br1 type bridge', ['ip link delete dev br1']],
    ['ip link add v0 type veth peer name v1', ['ip link delete dev v0']],
    ['ip link add link br1 name br1.5 type vlan id 5', ['ip link delete dev br1.5']],
    ['ip link add name tunl0 type ipip', ['ip link delete dev tunl0']],
    ['ip tunnel add tunl1 mode ipip remote 192.0.2.1', ['ip tunnel delete tunl1']],
    ['ip tun a name t mode ipip', ['ip tunnel delete t']],
    ['ip tunnel add mode ipip name t', ['ip tunnel delete t']],
    ['ip tunnel del t', []],
    ['ip link set dev tunl0 mtu 1440 up', ['ip link set dev tunl0 mtu 1440 down']],
    ['ip -6 a add fd00::1/64 dev br1', ['ip -6 address delete fd00::1/64 dev br1']],
    ['ip link set br1 promisc on', ['ip link set br1 promisc off']],
    ['ip link set dev v0 master br1 up', ['ip link set dev v0 nomaster down']],
    ['ip link set dev v0 master br1', ['ip link set dev v0 nomaster']],
    ['ip link set dev v1 netns a', ['ip -n a link set dev v1 netns 1']],
    ['ip link set dev v0 mtu 1400', []],
    ['ip addr add 10.0.0.1/24 dev br1', ['ip address delete 10.0.0.1/24 dev br1']],
    ['ip route del default via 10.0.0.1', ['ip route add default via 10.0.0.1']],
    ['ip rule add from 10.0.0.0/24 table 7', ['ip rule delete from 10.0.0.0/24 table 7']],
    ['bridge link set dev v0 hairpin on', ['bridge link set dev v0 hairpin off']],
    ['nft add table ip kube-proxy { comment "x" ; }', ['nft delete table ip kube-proxy']],
    ['nft add rule ip kube-proxy services drop', []],
    [
      'bridge fdb append 00:00:00:00:00:00 dev vxlan1 dst 10.4.7.22',
      ['bridge fdb delete 00:00:00:00:00:00 dev vxlan1 dst 10.4.7.22'],
    ],
    ['sysctl -w net.ipv4.ip_forward=1', ['sysctl -w net.ipv4.ip_forward=0']],
    ['sysctl -w net/bridge/bridge-nf-call-iptables=0', ['sysctl -w net.bridge.bridge-nf-call-iptables=1']],
    ['mkdir -p /etc/netns/a', ['rmdir -p --ignore-fail-on-non-empty /etc/netns/a']],
    ['tee /etc/netns/a/hosts', ['rm -f /etc/netns/a/hosts']],
    ['curl 10.0.0.1', []],
  ])('%s', (line, expected) => {
    expect(undo(line)).toEqual(expected)
  })

  it('the value that a setting had before', () => {
    const before = new Before()
    const lines = ['net.ipv4.ip_forward=1', 'net.ipv4.ip_forward=0'].map(word =>
      undo(`sysctl -w ${word}`, before),
    )
    expect(lines).toEqual([['sysctl -w net.ipv4.ip_forward=0'], ['sysctl -w net.ipv4.ip_forward=1']])
  })

  it.each([
    [
      'a rule, however its deletion spells it',
      '-A FORWARD --protocol tcp --match tcp --source 10.0.0.1/32 --jump ACCEPT',
      '-D FORWARD -p tcp -s 10.0.0.1 -j ACCEPT',
      ['-A FORWARD --protocol tcp --match tcp --source 10.0.0.1/32 --jump ACCEPT'],
    ],
    ['every chain that a flush of the table emptied', '-A FORWARD -j ACCEPT', '-F', ['-A FORWARD -j ACCEPT']],
    ['a chain by its old name', '-N A', '-E A B', ['-E B A']],
    [
      'each rule that one command made',
      '-N A',
      '-A A -s 10.0.0.1,10.0.0.2 -j DROP',
      ['-D A -s 10.0.0.2 -j DROP', '-D A -s 10.0.0.1 -j DROP'],
    ],
    ['a policy', '-P FORWARD DROP', '-P FORWARD ACCEPT', ['-P FORWARD DROP']],
  ])('%s', (_, first, second, expected) => {
    const before = new Before()
    undo(`iptables ${first}`, before)
    expect(undo(`iptables ${second}`, before)).toEqual(expected.map(line => `iptables ${line}`))
  })

  it('a flush of rules that led to a chain of another name then', () => {
    const before = new Before()
    for (const line of ['-N A', '-A FORWARD -j A', '-E A B']) undo(`iptables ${line}`, before)
    expect(undo('iptables -F FORWARD', before)).toEqual(['iptables -A FORWARD -j B'])
  })

  it.each(['-w', '-w 5', '--wait=5'])('a command that waits with %s', wait => {
    expect(undo(`iptables ${wait} -t nat -N A`)).toEqual(['iptables -t nat -X A'])
    expect(undo(`iptables --table=nat ${wait} -N A`)).toEqual(['iptables -t nat -X A'])
  })
})

// ---- any sequence of iptables commands, taken back in reverse

/** Chains of one table as the kernel would have them; commands that it would refuse throw. */
class Table {
  readonly chains = new Map<string, string[]>([['FORWARD', []]])
  policy = 'ACCEPT'

  run([, operation, name = '', ...rest]: readonly string[]): void {
    if (operation === '-N') return void this.chains.set(refuse(this.chains.has(name), name), [])
    const rules = this.chains.get(name)
    if (operation === '-F' && name === '') {
      for (const all of this.chains.values()) all.length = 0
      return
    }
    if (rules === undefined) throw new Error(`no chain ${name}`)
    const at = /^\d+$/.test(rest[0] ?? '') ? Number(rest[0]) : undefined
    const rule = rest.slice(at === undefined ? 0 : 1).join(' ')
    if (operation === '-A') rules.push(rule)
    else if (operation === '-I') rules.splice(inRange((at ?? 1) - 1, rules.length + 1), 0, rule)
    else if (operation === '-R') rules[inRange((at ?? 0) - 1, rules.length)] = rule
    else if (operation === '-D')
      rules.splice(inRange(at === undefined ? rules.indexOf(rule) : at - 1, rules.length), 1)
    else if (operation === '-F') rules.length = 0
    else if (operation === '-P') this.policy = rule
    else if (operation === '-X') this.chains.delete(refuse(rules.length > 0 || name === 'FORWARD', name))
    else throw new Error(`what is ${operation}?`)
  }

  /** Chains in the order of their names: one that is deleted and made again comes last in the kernel's list. */
  text(): string {
    const chains = [...this.chains].sort(([one], [other]) => (one < other ? -1 : 1))
    return JSON.stringify([this.policy, chains])
  }
}

function refuse(refused: boolean, name: string): string {
  if (refused) throw new Error(`refused: ${name}`)
  return name
}

function inRange(at: number, length: number): number {
  if (at < 0 || at >= length) throw new Error(`no rule ${at + 1}`)
  return at
}

const chain = fc.constantFrom('FORWARD', 'A', 'B')
const rule = fc.constantFrom('-s 10.0.0.1 -j ACCEPT', '-s 10.0.0.2 -j DROP', '-p tcp -j ACCEPT')
const place = fc.integer({ min: 1, max: 4 }).map(String)
const line = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('-N', '-X', '-F'), fc.constantFrom('A', 'B')) },
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('-A', '-A', '-I', '-D'), chain, rule) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('-I', '-R'), chain, place, rule) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('-D'), chain, place) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('-P'), fc.constant('FORWARD'), fc.constantFrom('DROP', 'ACCEPT')),
  },
  { weight: 1, arbitrary: fc.constant(['-F']) },
)

/** The commands that the kernel takes, each with the state before it and with its undo commands. */
function carriedOut(lines: readonly (readonly string[])[]) {
  const table = new Table()
  const before = new Before()
  const taken: { argv: readonly string[]; state: string; undo: (readonly string[])[] }[] = []
  for (const words of [['-N', 'A'], ...lines]) {
    const argv = ['iptables', ...words.flatMap(text => text.split(' '))]
    const state = table.text()
    try {
      table.run(argv)
    } catch {
      continue
    }
    taken.push({ argv, state, undo: undoOf({ argv, in: 'host' }, before).map(command => [...command.argv]) })
  }
  return { table, taken }
}

describe('any commands of iptables, taken back in reverse,', () => {
  it('give each state that was before', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25, size: 'max' }), lines => {
        const { table, taken } = carriedOut(lines)
        for (const { state, undo: back } of taken.toReversed()) {
          for (const argv of back) table.run(argv)
          expect(table.text()).toBe(state)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('leave nothing in the kernel', () => {
    const runs = fc.sample(fc.array(line, { minLength: 10, maxLength: 25, size: 'max' }), {
      numRuns: 5,
      seed: 1,
    })
    const scripts = runs.map(lines => {
      const { taken } = carriedOut(lines)
      const all = [...taken.map(({ argv }) => argv), ...taken.toReversed().flatMap(({ undo: back }) => back)]
      return `${all.map(shellLine).join('\n')}\niptables-save | grep -v '^[#*C]'\n`
    })
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      ['--user', '--map-root-user', '--net', 'sh', '-e'],
      {
        input: scripts.join(''),
        encoding: 'utf8',
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, XTABLES_LOCKFILE: '/dev/null' },
      },
    )
    expect({ stderr, status }).toMatchObject({ status: 0 })
    const empty = ':INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n'
    expect(stdout.replaceAll(/ \[\d+:\d+\]/g, '')).toBe(empty.repeat(runs.length))
  })
})

describe('commands of ipset, ipvsadm and kube-ipvs0 are taken back', () => {
  const takenBack = (...lines: string[]) => {
    const before = new Before()
    return lines.map(line => undoOf({ argv: line.split(' '), in: 'host' }, before).map(shellCommand))
  }
  const shellCommand = ({ argv }: { argv: readonly string[] }) => shellLine(argv)

  it('a set with its entries', () => {
    expect(
      takenBack(
        'ipset create A hash:ip family inet',
        'ipset add A 10.0.0.1',
        'ipset add A 10.0.0.2',
        'ipset del A 10.0.0.1',
        'ipset destroy A',
        'ipset list A',
      ),
    ).toEqual([
      ['ipset destroy A'],
      ['ipset del A 10.0.0.1'],
      ['ipset del A 10.0.0.2'],
      ['ipset add A 10.0.0.1'],
      ['ipset create A hash:ip family inet', 'ipset add A 10.0.0.2'],
      [],
    ])
  })

  it('a virtual server with its real servers', () => {
    expect(
      takenBack(
        'ipvsadm -A -t 10.0.0.1:80 -s rr',
        'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1',
        'ipvsadm --edit-service -t 10.0.0.1:80 -s lc',
        'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 0',
        'ipvsadm -D -t 10.0.0.1:80',
        'ipvsadm -L -n',
      ),
    ).toEqual([
      ['ipvsadm -D -t 10.0.0.1:80'],
      ['ipvsadm -d -t 10.0.0.1:80 -r 10.0.0.2:80'],
      ['ipvsadm -E -t 10.0.0.1:80 -s rr'],
      ['ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1'],
      ['ipvsadm -A -t 10.0.0.1:80 -s lc', 'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 0'],
      [],
    ])
  })

  it('a real server that goes, and all at once', () => {
    const made = ['ipvsadm -A -u 10.0.0.1:53 -s rr', 'ipvsadm -a -u 10.0.0.1:53 -r 10.0.0.2:53 -m -w 1']
    expect(takenBack(...made, 'ipvsadm -d -u 10.0.0.1:53 -r 10.0.0.2:53').at(-1)).toEqual([made[1]])
    expect(takenBack(...made, 'ipvsadm -C').at(-1)).toEqual(made)
  })

  it('a dummy link that goes comes back as it was made', () => {
    expect(takenBack('ip link add kube-ipvs0 type dummy', 'ip link delete kube-ipvs0')).toEqual([
      ['ip link delete dev kube-ipvs0'],
      ['ip link add kube-ipvs0 type dummy'],
    ])
  })

  it('so does a tunnel, whichever command makes it, and whichever takes it away', () => {
    const add = 'ip tunnel add t mode ipip remote 192.0.2.1'
    expect(takenBack(add, 'ip link delete dev t').at(-1)).toEqual([add])
    const link = 'ip link add name t type ipip remote 192.0.2.1'
    expect(takenBack(link, 'ip tunnel del t').at(-1)).toEqual([link])
  })
})
