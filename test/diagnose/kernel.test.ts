import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { bin, Session } from '../labs/cli.ts'
import { type Break, breaks } from './breaks.ts'

const session = new Session()
afterAll(() => session.end())

const lab = fileURLToPath(new URL('healthy.yaml', import.meta.url))

interface Tried {
  ok: boolean
  evidence?: { headline: string; mend?: string; lines: string[] }
}

/** What `verify` says of a lab: whether it is well, and what is shown of the first thing that is not. */
async function verify(name: string, ...options: string[]) {
  const { stdout, code } = await session.netlab('verify', name, '--json', ...options)
  const { checks, services } = JSON.parse(stdout) as { checks: Tried[]; services: Tried[] }
  expect(contradictionsIn([...checks, ...services])).toEqual([])
  return { code, first: [...checks, ...services].find(one => !one.ok)?.evidence }
}

/** Causes that say that nothing stops a packet, and show what does. */
function contradictionsIn(tried: readonly Tried[]) {
  return tried.filter(
    ({ evidence }) =>
      evidence?.headline.startsWith('nothing on the way') === true &&
      evidence.lines.some(line => line.startsWith('RTNETLINK answers')),
  )
}

async function inLab(name: string, commands: string): Promise<void> {
  const { code, stderr } = await session.netlab('exec', name, '--', 'sh', '-ec', commands)
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

let labs = 0
/** Labs that were mended, for the next break. */
const mended: string[] = []

async function bringUp(): Promise<string> {
  labs += 1
  const name = `broken-${labs}`
  const { code, stderr } = await session.netlab('up', lab, '--name', name, '--quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return name
}

async function broken({ commands }: Pick<Break, 'commands'>): Promise<string> {
  const name = mended.pop() ?? (await bringUp())
  await inLab(name, commands)
  return name
}

it.concurrent.each(breaks)('$name', async one => {
  const name = await broken(one)
  const { first, code } = await verify(name, '--from', 'host', '--requests', one.onlySampled ? '40' : '1')
  expect(code).toBe(1)
  expect(first?.headline).toEqual(matching(one.headline))
  expect(first?.mend).toEqual(one.mend === undefined ? undefined : matching(one.mend))
  if (first?.mend === undefined) {
    await session.netlab('down', name)
    return
  }
  // What is told to type must mend it; what got lost before is forgotten, as a new connection might get its port.
  if (first.mend.startsWith('netlab ')) {
    // One process serves for all pods, so all of them died with it.
    for (const pod of ['a', 'b', 'c']) await session.netlab('pod', 'start', pod, '--lab', name)
  } else await inLab(name, `{ ${first.mend}; conntrack -F; } > /dev/null 2>&1`)
  expect((await verify(name, '--from', 'host', '--requests', '1')).code).toBe(0)
  if (one.leavesTraces) await session.netlab('down', name)
  else mended.push(name)
})

function matching(text: string | RegExp) {
  return typeof text === 'string' ? text : expect.stringMatching(text)
}

it.concurrent('a packet that needs the setting that is off says so, too', async () => {
  const name = await broken({ commands: 'sysctl -qw net.ipv4.ip_forward=0' })
  const { stdout } = await session.netlab('verify', name, '--from', 'host', '--requests', '1')
  expect(stdout).toContain(
    `the host does not forward, net.ipv4.ip_forward is 0: netlab exec ${name} -- sysctl -w net.ipv4.ip_forward=1\n`,
  )
  await session.netlab('down', name)
})

it.concurrent('the text shows the cause with what proves it, once', async () => {
  const name = await broken({ commands: 'ip -n a route del default' })
  const { stdout } = await session.netlab('verify', name, '--from', 'host', '--requests', '1')
  expect(stdout).toContain(`
    a has no default route: netlab exec ${name} -- ip -n a route add default via 10.0.0.1
      $ ip -n a route get 10.100.0.1
      RTNETLINK answers: Network is unreachable
      $ ip -n a route
      10.0.0.0/24 dev eth0 src 10.0.0.11
`)
  expect(stdout.split('RTNETLINK')).toHaveLength(2)
  await session.netlab('down', name)
})

it.concurrent('what mends a lab can be pasted into a shell of the machine, and runs in the lab alone', async () => {
  const name = await broken({ commands: 'ip -n b link set eth0 down' })
  const { stdout } = await session.netlab('verify', name, '--from', 'host', '--requests', '1')
  const told = /\n +eth0 in b is down:\n((?: +netlab exec .*\n)+)/.exec(stdout)?.[1] ?? ''
  expect(told.trimEnd().split('\n')).toHaveLength(2)
  // A machine that has no program but netlab: what would run there cannot be found.
  const netlab = `netlab() { PATH=/usr/local/bin:/usr/bin:/bin ${process.execPath} ${bin} "$@"; }`
  const { stderr, exitCode } = await session.startProgram([
    '/bin/sh',
    '-ec',
    `PATH=/nowhere\n${netlab}\n${told}`,
  ])
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  expect((await verify(name, '--from', 'host', '--requests', '1')).code).toBe(0)
  mended.push(name)
})

it.concurrent('a step of `up` that fails is explained as well', async () => {
  const text = readFileSync(lab, 'utf8')
    .replace('hairpin: true', 'hairpin: false')
    .replace('name: healthy', 'name: no-hairpin')
  const { stderr, code } = await session.netlab('up', session.file('no-hairpin.yaml', text))
  expect(code).toBe(1)
  expect(stderr).toContain('hairpin is off')
  expect(stderr).toContain('bridge link set dev veth_a hairpin on')
})

it.concurrent("a lab's own mistake is explained without a lab that did it right", async () => {
  const step = `  - title: By hand
    run:
      - iptables -t nat -N BY-HAND
      - iptables -t nat -A BY-HAND -d 10.100.0.9 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.11:8080
      - iptables -t nat -A PREROUTING -j BY-HAND
    check:
      - {curl: "10.100.0.9:80", from: [b, host], expect: {backend: a}, within: 1}
`
  const text = readFileSync(lab, 'utf8').replace('name: healthy', 'name: by-hand')
  const { stderr } = await session.netlab('up', session.file('by-hand.yaml', text + step))
  expect(stderr).toContain('curl 10.100.0.9:80 from host')
  expect(stderr).not.toContain('curl 10.100.0.9:80 from b')
  expect(stderr).toContain('rule 1 of BY-HAND would, but nothing leads there from OUTPUT')
  expect(stderr).toContain('iptables -t nat -A OUTPUT -j BY-HAND')
})

const most = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', { encoding: 'utf8', flag: 'r' }))

// A sandbox cannot lower nf_conntrack_max, which belongs to the machine: its own table is filled up.
const fillable = most <= 300_000 ? it.concurrent : it.skip
fillable('15 the table of connections is full', async () => {
  const name = await broken({
    commands: `left=$(( $(cat /proc/sys/net/netfilter/nf_conntrack_max) + 100 )); net=0
      while [ $left -gt 0 ]; do
        net=$((net + 1))
        awk -v net=$net 'BEGIN {
          for (port = 1024; port < 41024; port++)
            printf "-A -t 300 -u SEEN_REPLY,ASSURED -s 203.0.113.%d -d 198.51.100.1 -r 198.51.100.1 -q 203.0.113.%d -p tcp --sport %d --dport 80 --reply-port-src 80 --reply-port-dst %d --state ESTABLISHED\\n", net, net, port, port
        }' > /tmp/entries
        conntrack -R /tmp/entries 2>/dev/null || true
        left=$((left - 40000))
      done`,
  })
  const { first } = await verify(name, '--from', 'host', '--requests', '1')
  expect(first?.headline).toBe('the table of connections is full, and packets of new ones are dropped')
  await inLab(name, `${first?.mend} 2>/dev/null`)
  expect((await verify(name, '--from', 'host', '--requests', '1')).code).toBe(0)
  await session.netlab('down', name)
})
