import { describe, expect, it } from 'vitest'
import { type Batch, batches, batchScript, blockOfRestoreLine } from '../../src/command/batch.ts'
import type { Command } from '../../src/command/command.ts'

const on =
  (place: string) =>
  (line: string): Command => ({ argv: line.split(' '), in: place })
const host = on('host')

/** Each batch's text, or its kind where it is no text. */
const texts = (commands: readonly Command[], apart = false) =>
  batches(commands, apart).map(batch =>
    batch.kind === 'servers' || batch.kind === 'plugin' || batch.kind === 'socket-lb'
      ? batch.kind
      : batchScript(batch),
  )

describe('neighbouring commands go out together', () => {
  it('ip', () => {
    expect(texts([host('ip netns add a'), host('ip link add name br1 type bridge')])).toEqual([
      "ip -batch - <<'END'\nnetns add a\nlink add name br1 type bridge\nEND",
    ])
  })

  it("nft's changes, as one transaction", () => {
    const quoted = { argv: ['nft', 'add element ip t m { 1 : drop }'], in: 'host' }
    expect(texts([host('nft add chain ip t c'), quoted, host('nft list ruleset')])).toEqual([
      "nft -f - <<'END'\nadd chain ip t c\nadd element ip t m { 1 : drop }\nEND",
      'nft list ruleset < /dev/null',
    ])
  })

  it('sets and their entries, as one ipset restore', () => {
    expect(
      texts([host('ipset create A hash:ip'), host('ipset add A 10.0.0.1'), host('ipset list A')]),
    ).toEqual(["ipset restore <<'END'\ncreate A hash:ip\nadd A 10.0.0.1\nEND", 'ipset list A < /dev/null'])
  })

  it("more of nft's than a message takes, as several", () => {
    const lines = Array.from({ length: 3000 }, (_, at) =>
      host(`nft add rule ip t c ip saddr 10.0.0.1 jump c${at}`),
    )
    const sizes = batches(lines).map(({ commands }) => commands.length)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3000)
    expect(Math.max(...sizes)).toBeLessThan(844)
  })

  it('those of a socket load balancer, of any node, and nothing else with them', () => {
    const set = 'netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2:8080'
    expect(texts([on('n1')(set), on('n2')(set), host('netlab serve 80')])).toEqual([
      'socket-lb',
      'netlab serve 80 < /dev/null',
    ])
  })

  it('ip in a pod', () => {
    const inA = on('a')
    expect(texts([inA('ip link set dev lo up'), inA('ip route add default via 10.0.0.1')])).toEqual([
      "ip -n a -batch - <<'END'\nlink set dev lo up\nroute add default via 10.0.0.1\nEND",
    ])
  })

  it('ip in one of very many pods, by nsenter', () => {
    const [batch] = batches(['ip link set dev lo up', 'ip neigh flush dev eth0'].map(on('a')))
    expect(batchScript(batch as Batch, true)).toBe(
      "nsenter --net=/run/netns/a -- ip -batch - <<'END'\nlink set dev lo up\nneigh flush dev eth0\nEND",
    )
  })

  it('ip that flushes, which says nothing', () => {
    const inA = on('a')
    expect(texts([inA('ip neigh flush dev eth0'), inA('ip address flush dev eth0 to fe80::/64')])).toEqual([
      "ip -n a -batch - <<'END'\nneigh flush dev eth0\naddress flush dev eth0 to fe80::/64\nEND",
    ])
  })

  it('bridge', () => {
    const line = 'bridge link set dev veth_a hairpin'
    expect(texts([host(`${line} on`), host(`${line} off`)])).toEqual([
      "bridge -batch - <<'END'\nlink set dev veth_a hairpin on\nlink set dev veth_a hairpin off\nEND",
    ])
  })

  it('iptables, a block for each run of one table', () => {
    const comment: Command = {
      argv: ['iptables', '-t', 'nat', '-A', 'A', '-m', 'comment', '--comment', "it's #1 of a", '-j', 'B'],
      in: 'host',
    }
    const commands = [
      host('iptables -t nat -N A'),
      comment,
      host('iptables --append FORWARD --jump A'),
      host('iptables -t nat -w -X A'),
    ]
    expect(texts(commands)).toEqual([
      `iptables-restore --noflush -w <<'END'
*nat
-N A
-A A -m comment --comment "it's #1 of a" -j B
COMMIT
*filter
--append FORWARD --jump A
COMMIT
*nat
-X A
COMMIT
END`,
    ])
    expect([2, 3, 6, 9].map(line => blockOfRestoreLine(commands, line))).toEqual([0, 0, 2, 3])
  })

  it.each(['-t nat', '-tnat', '--table nat', '--table=nat', '--tab nat'])('iptables with %s', table => {
    expect(texts([host(`iptables ${table} -N A`), host(`iptables -F A ${table} -w 5`)])).toEqual([
      "iptables-restore --noflush -w <<'END'\n*nat\n-N A\n-F A\nCOMMIT\nEND",
    ])
  })

  it('iptables and sysctl in a pod', () => {
    const inA = on('a')
    expect(
      texts([
        inA('iptables -N A'),
        inA('iptables -N B'),
        inA('sysctl -w net.ipv4.ip_forward=1'),
        inA('sysctl -w net.ipv4.ip_default_ttl=9'),
      ]),
    ).toEqual([
      "ip netns exec a iptables-restore --noflush -w <<'END'\n*filter\n-N A\n-N B\nCOMMIT\nEND",
      'ip netns exec a sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=9',
    ])
  })

  it('mkdir', () => {
    expect(texts([host('mkdir -p /tmp/a'), host('mkdir -p /tmp/b')])).toEqual(['mkdir -p /tmp/a /tmp/b'])
  })

  it('programs of pods', () => {
    const serve = (pod: string): Command => ({
      argv: ['netlab', 'serve', '80'],
      in: pod,
      container: { pod, name: 'main' },
    })
    const [only, ...more] = batches([serve('a'), serve('b')])
    expect(only).toEqual({ kind: 'servers', in: 'a', commands: [serve('a'), serve('b')] })
    expect(more).toEqual([])
  })
})

it('iptables, in blocks that fit into one message of netlink', () => {
  const line = 'iptables -t nat -A X -m comment --comment x -s 10.0.0.0 -j Y'
  const many = Array.from({ length: 1_000 }, () => host(line))
  const [, ...lines] = texts(many)[0]!.split('\n')
  const end = lines.indexOf('COMMIT')
  expect(lines.filter(text => text === 'COMMIT')).toHaveLength(4)
  // The lines of the second block are told from 1 on: its first command comes after those of the first.
  expect(blockOfRestoreLine(many, end + 3)).toBe(end - 1)
})

describe('commands stay alone', () => {
  it('where another place, another program or another order would come of it', () => {
    const commands = [
      host('ip netns add a'),
      on('a')('ip link set lo up'),
      host('ip netns add b'),
      host('iptables -N A'),
    ]
    expect(texts(commands)).toHaveLength(4)
  })

  it.each([
    ['that print', ['ip', 'address', 'show']],
    ['that print in a short spelling', ['ip', 'link']],
    ['that print in the shortest', ['ip', 'a', 's']],
    ['with options of the process', ['ip', '-6', 'route', 'add', 'default', 'via', 'fd00::1']],
    ['that start others', ['ip', 'netns', 'exec', 'a', 'true']],
    ['that iproute2 would take for a comment', ['ip', 'link', 'set', 'br1', 'alias', 'one #2']],
    ['that iproute2 would unquote', ['ip', 'link', 'set', 'br1', 'alias', 'a "b"']],
    ['with an empty word', ['iptables', '-A', 'A', '-m', 'comment', '--comment', '']],
    ['that list rules', ['iptables', '-t', 'nat', '-S']],
    ['that tell what they do', ['iptables', '-vA', 'A', '-j', 'B']],
    ['with a quote in a rule', ['iptables', '-A', 'A', '-m', 'comment', '--comment', 'a "b"']],
    ['of two lines', ['ip', 'link', 'set', 'br1', 'alias', 'a\nb']],
    ['that read a setting', ['sysctl', 'net.ipv4.ip_forward']],
    ['that are not known', ['echo', 'a']],
  ])('%s', (_, argv) => {
    const twice = [
      { argv, in: 'host' },
      { argv, in: 'host' },
    ]
    expect(batches(twice).map(({ kind }) => kind)).toEqual(['single', 'single'])
  })

  it('on request, each as it would be typed', () => {
    expect(texts([host('ip netns add a'), host('ip netns add b')], true)).toEqual([
      'ip netns add a < /dev/null',
      'ip netns add b < /dev/null',
    ])
  })
})

it('files are written by the shell itself', () => {
  expect(texts([{ argv: ['tee', '/tmp/a', '/tmp/b'], in: 'host', input: "it's\n" }])).toEqual([
    "netlab_text='it'\\''s\n' && printf %s \"$netlab_text\" > /tmp/a && printf %s \"$netlab_text\" > /tmp/b",
  ])
})
