import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TraceItem, TraceReport } from '../../src/trace/report.ts'
import { Session } from '../labs/cli.ts'

const session = new Session()
const lab = fileURLToPath(new URL('../diagnose/healthy.yaml', import.meta.url))

beforeAll(async () => {
  const { code, stderr } = await session.netlab('up', lab, '--name', 'traced', '--quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
afterAll(() => session.end())

async function trace(...words: string[]): Promise<{ code: number; report: TraceReport }> {
  const { stdout, stderr, code } = await session.netlab('trace', ...words, '--json')
  expect(stderr).toBe('')
  return { code, report: JSON.parse(stdout) as TraceReport }
}

async function inLab(...argv: string[]): Promise<string> {
  return (await session.netlab('exec', 'traced', '--', ...argv)).stdout
}

const items = ({ ways }: TraceReport): TraceItem[] =>
  ways.flatMap(({ visits }) => visits.flatMap(visit => visit.items))
const translated = (report: TraceReport) =>
  items(report).flatMap(item => (item.kind === 'translation' ? [`${item.what} ${item.after}`] : []))

describe('on a real kernel', () => {
  test('a request to a cluster IP is followed there and back, and ends with what the client saw', async () => {
    const before = await inLab('nft', 'list', 'ruleset')
    const { code, report } = await trace('a', 'http://web')
    expect(code).toBe(0)
    expect(report.saw).toMatchObject({ ok: true, pod: expect.stringMatching(/^[bc]$/) })
    const [out, back] = report.ways
    expect(out?.visits.map(({ place }) => place)).toEqual(['a', 'host', report.saw.pod])
    expect(back?.visits.map(({ place }) => place)).toEqual([report.saw.pod, 'host', 'a'])
    const dnat = items(report).find(item => item.kind === 'chain' && item.chain === 'PREROUTING')
    expect(dnat).toMatchObject({ table: 'nat', rules: [{ to: 'KUBE-SERVICES', verdict: 'jump' }] })
    expect(translated(report)[0]).toMatch(/^destination 10\./)
    expect(items(report)).toContainEqual(expect.objectContaining({ kind: 'connection', what: 'made' }))
    // Nothing of it stays, and nothing else has been touched; only counters go on.
    const rules = (text: string) => text.replaceAll(/counter packets \d+ bytes \d+/g, '')
    expect(rules(await inLab('nft', 'list', 'ruleset'))).toBe(rules(before))
  })

  test('a ping and a datagram are followed too', async () => {
    const ping = await trace('a', 'ping://b')
    expect(ping.report.end.kind).toBe('answered')
    const { report, code } = await trace('a', 'udp://b:9')
    expect(code).toBe(1)
    expect(report.ways.map(({ direction }) => direction)).toEqual(['out', 'error'])
    expect(report.end).toMatchObject({ kind: 'unreachable', place: 'b' })
  })

  test('where a policy drops it, the trace ends there', async () => {
    await inLab('sh', '-c', 'iptables -I FORWARD -s 10.0.0.0/8 -p tcp --dport 8080 -j DROP')
    const { code, report } = await trace('a', 'http://web')
    await inLab('sh', '-c', 'iptables -D FORWARD -s 10.0.0.0/8 -p tcp --dport 8080 -j DROP')
    expect(code).toBe(1)
    expect(report.end).toEqual({
      kind: 'dropped',
      place: 'host',
      words: 'rule 1 of filter FORWARD of host drops it, and tells nobody',
    })
  })

  test('where a host does not forward, that is told, though it has a route', async () => {
    await inLab('sysctl', '-qw', 'net.ipv4.ip_forward=0')
    const { code, report } = await trace('client', '10.0.0.12:8080')
    await inLab('sysctl', '-qw', 'net.ipv4.ip_forward=1')
    expect(code).toBe(1)
    expect(report.end).toEqual({
      ...{ kind: 'lost', place: 'host' },
      words: 'host does not forward (net.ipv4.ip_forward is 0), and throws the request away',
    })
  })

  test('while a task is open, the way is shown, and neither its cause nor what mends it', async () => {
    const name = 'exercise-16-upload-hangs'
    expect((await session.netlab('up', name, '--quiet')).code).toBe(0)
    const words = [name, 'anna', '172.7.22.2/?bytes=8000']
    const { report } = await trace(...words)
    expect(report.end).toEqual({
      ...{ kind: 'unfinished', place: 'web' },
      words: 'the connection to web comes about, but no whole answer comes on it',
    })
    expect(report).toMatchObject({ unexplained: true, ways: [{ direction: 'out' }, { direction: 'back' }] })
    expect(report.evidence).toBeUndefined()
    const { stdout } = await session.netlab('trace', ...words)
    expect(stdout).toContain('Its task is open: to find out why is a part of it.')
    expect(stdout).not.toContain('netlab exec')
    await session.netlab('down', name)
  })

  test('who has nobody’s address is asked in vain', async () => {
    const { report } = await trace('host', '10.0.0.99:80')
    expect(report.end.kind).toBe('no-neighbour')
    expect(report.end.words).toContain('who has 10.0.0.99, and nobody answers')
  })

  test('a trace that is killed leaves no table behind', async () => {
    // Nobody answers there, so that it waits.
    const script = [
      `echo '{"from":"host","places":["host"],"request":{"kind":"command","argv":["sleep","30"]},"others":[],"own":[],"timeout":9,"longest":60}'`,
      '| /run/sandbox/bin/node /run/sandbox/netlab/dist/trace.js & ',
      'until nft list tables | grep netlab-trace; do sleep 0.1; done;',
      'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline 2>/dev/null | grep -q "netlab/dist/trace.js *$" && kill -9 $(basename $p); done;',
      'until [ -z "$(nft list tables | grep netlab-trace)" ]; do sleep 0.1; done; echo gone; kill $(pidof sleep) 2>/dev/null; true',
    ]
    expect(await inLab('bash', '-c', script.join(' '))).toContain('gone')
  })

  test('a place or a target that is none is told', async () => {
    const { code, stderr } = await session.netlab('trace', 'nobody', '10.0.0.1')
    expect(code).toBe(2)
    expect(stderr).toContain('no place named nobody')
    const wrong = await session.netlab('trace', 'a', 'ftp://b')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('ftp:// cannot be asked for')
  })
})
