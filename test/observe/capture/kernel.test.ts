import { createReadStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wholeBlocks } from '../../../src/observe/capture/whole-blocks.ts'
import { type ReadBlock, readBlock } from '../../../src/sandbox/capture/pcapng.ts'
import { bin, openSession, Printed, Session, users } from '../../labs/cli.ts'

const session = new Session()

beforeAll(async () => {
  const { code, stderr } = await session.netlab('up', 'clusterip', '--quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
afterAll(() => session.end())

const request = ['exec', '--in', 'netns_021', '--', 'curl', '-sS', '10.100.100.100:8080']

async function ask(of = session): Promise<void> {
  const { code, stderr } = await of.netlab(...request)
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

/** Captures while something is done, and until Ctrl-C. */
async function capturing(argv: readonly string[], work: () => Promise<unknown>) {
  const running = session.start(['capture', ...argv])
  const printed = new Printed(running)
  await printed.shows('Ctrl-C ends it')
  await work()
  running.kill('SIGINT')
  const { stdout, stderr, exitCode } = await running
  expect(exitCode).toBe(0)
  return { stdout, stderr, lines: stdout.trimEnd().split('\n') }
}

async function blocksOf(file: string): Promise<ReadBlock[]> {
  const found: ReadBlock[] = []
  for await (const some of wholeBlocks(createReadStream(file)))
    found.push(...some.flatMap(block => readBlock(Buffer.from(block)) ?? []))
  return found
}

const timesOf = (lines: readonly string[]) => lines.map(line => line.slice(0, '00:00:00.000000'.length))

describe('on a real kernel', () => {
  test('a place without a network namespace is told, and the others are heard', async () => {
    const lab = new Session()
    try {
      await lab.netlab('up', 'two-pods', '--quiet')
      await lab.netlab('exec', '--', 'ip', 'netns', 'delete', 'a')
      const alone = await lab.netlab('capture', '--on', 'a')
      expect(alone.code).toBe(1)
      expect(alone.stderr).toContain('a has no network namespace any more')
      const running = lab.start(['capture'])
      await new Printed(running).shows('a is not captured: it has no network namespace any more')
      running.kill('SIGINT')
      expect((await running).exitCode).toBe(0)
      const asked = await lab.netlab('trace', 'a', '10.0.0.21:8080')
      expect(asked.code).toBe(1)
      expect(asked.stderr).toContain('a has no network namespace any more')
      const { stdout, stderr } = await lab.netlab('trace', 'host', '10.0.0.21:8080')
      expect(stderr).toBe('')
      expect(stdout).toContain('a could not be watched: it has no network namespace any more')
    } finally {
      await lab.end()
    }
  })

  test('a request is seen on every link, as the client sent it and after the DNAT', async () => {
    const { lines, stderr } = await capturing([], () => ask())
    expect(stderr).toMatch(
      /^capturing on 7 links of 4 places; Ctrl-C ends it\n\d+ packets captured, 0 dropped by kernel\n$/,
    )
    expect(lines.length).toBe(Number(/(\d+) packets/.exec(stderr)?.[1]))
    const syns = lines.filter(line => line.includes('Flags [S],'))
    const [first, ...others] = syns
    expect(first).toMatch(/ netns_021:eth0 +Out IP 10\.0\.0\.21\.\d+ > 10\.100\.100\.100\.8080: Flags \[S\],/)
    expect(others[0]).toMatch(/ host:veth_021 +In {2}IP 10\.0\.0\.21\.\d+ > 10\.100\.100\.100\.8080: /)
    expect(syns.at(-1)).toMatch(/ netns_0\d1:eth0 +In {2}IP [\d.]+ > 10\.0\.0\.\d1\.8080: /)
    expect(timesOf(lines)).toEqual(timesOf(lines).toSorted())
  })

  test('a file has an interface for each link, and tcpdump reads it', async () => {
    const file = `${session.folder}/lab.pcapng`
    const { stdout, stderr } = await capturing(['-w', file], () => ask())
    expect(stdout).toBe('')
    const blocks = await blocksOf(file)
    const names = blocks.flatMap(block => (block.kind === 'interface' ? [block.name] : []))
    expect(names).toContain('netns_021:eth0')
    expect(names).toContain('host:br1')
    const packets = blocks.flatMap(block => (block.kind === 'packet' ? [block] : []))
    expect(packets.length).toBe(Number(/(\d+) packets/.exec(stderr)?.[1]))
    const { stdout: read } = await session.netlabWith(
      { input: createReadStream(file) },
      ...['exec', '--', 'tcpdump', '-n', '-r', '-'],
    )
    expect(read.trimEnd().split('\n').length).toBe(packets.length)
    expect(read).toMatch(/IP 10\.0\.0\.21\.\d+ > 10\.100\.100\.100\.8080: Flags \[S\]/)
    expect(read).toMatch(/ > 10\.0\.0\.\d1\.8080: Flags \[S\]/)
  })

  test('a filter and a link leave what is wanted, and a count ends it', async () => {
    const running = session.start([
      'capture',
      '--on',
      'netns_021:eth0',
      '-c',
      '2',
      '--',
      'tcp',
      'port',
      '8080',
    ])
    const printed = new Printed(running)
    await printed.shows('capturing on netns_021:eth0;')
    await session.netlab(
      'exec',
      '--in',
      'netns_021',
      '--',
      'curl',
      '-sS',
      '--max-time',
      '0.1',
      '10.100.100.100:9',
    )
    await ask()
    const { stdout, stderr, exitCode } = await running
    expect(exitCode).toBe(0)
    expect(stderr).toContain('2 packets captured')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.replace(/^\S+ (.*?: Flags \S+).*$/s, '$1')),
    ).toEqual([
      expect.stringMatching(
        /^netns_021:eth0 Out IP 10\.0\.0\.21\.\d+ > 10\.100\.100\.100\.8080: Flags \[S\],$/,
      ),
      // The answer of the other pod, or its own request that comes back: chance decides which of the two serves it.
      expect.stringMatching(
        /^netns_021:eth0 In {2}IP (10\.100\.100\.100\.8080 > 10\.0\.0\.21\.\d+: Flags \[S\.\]|10\.0\.0\.1\.\d+ > 10\.0\.0\.21\.8080: Flags \[S\]),$/,
      ),
    ])
  })

  test('lo is captured where it is asked for', async () => {
    const { lines } = await capturing(['--on', 'host:lo', '--', 'udp port 9'], () =>
      session.netlab('exec', '--', 'bash', '-c', 'echo x > /dev/udp/127.0.0.1/9'),
    )
    expect(lines.map(line => line.slice(16))).toEqual([
      expect.stringMatching(/^host:lo Out IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9: UDP, length 2$/),
      expect.stringMatching(/^host:lo In {2}IP 127\.0\.0\.1\.\d+ > 127\.0\.0\.1\.9: UDP, length 2$/),
    ])
  })

  test('a link is found by a name of any letters', async () => {
    const { code, stderr } = await session.netlab(
      ...['exec', '--', 'sh', '-c'],
      'ip link add zürich type veth peer name genève && ip link set zürich up && ip link set genève up',
    )
    expect([code, stderr]).toEqual([0, ''])
    const captured = await capturing(['--on', 'host:zürich'], async () => {})
    await session.netlab('exec', '--', 'ip', 'link', 'delete', 'zürich')
    expect(captured.stderr).toContain('capturing on host:zürich;')
  })

  test('a link without Ethernet is captured, too', async () => {
    const made = await session.netlab(
      ...['exec', '--', 'sh', '-c'],
      'ip link add ipip9 type ipip local 10.0.0.1 remote 10.0.0.11 && ip addr add 10.9.9.1/24 dev ipip9 && ip link set ipip9 up',
    )
    // Not every kernel has it.
    if (made.code !== 0) {
      expect(made.stderr).toMatch(/not supported|Unknown device type/)
      return
    }
    const { lines } = await capturing(['--on', 'host:ipip9', '--', 'udp and host 10.9.9.2'], () =>
      session.netlab('exec', '--', 'bash', '-c', 'echo x > /dev/udp/10.9.9.2/9'),
    )
    await session.netlab('exec', '--', 'ip', 'link', 'delete', 'ipip9')
    expect(lines[0]).toMatch(/ host:ipip9 Out IP 10\.9\.9\.1\.\d+ > 10\.9\.9\.2\.9: UDP, length 2$/)
  })

  test.each([
    [['--', 'tcp', 'prt', '80'], 'tcpdump does not take this filter: tcp prt 80', 'syntax error'],
    [
      ['--on', 'nobody'],
      'clusterip has no place named nobody',
      'there are: host, netns_011, netns_021, client',
    ],
    [['--on', 'netns_011:eth7'], 'netns_011 has no link eth7', 'there are: lo, eth0'],
    [['-w', '/nowhere/x'], '/nowhere/x cannot be written', ''],
    [['one', 'two'], 'capture takes one lab, not one two', 'put -- before the filter'],
  ])('what cannot be is told before anything starts: %j', async (argv, what, fix) => {
    const { code, stderr, stdout } = await session.netlab('capture', ...argv)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(what)
    expect(stderr).toContain(fix)
    expect(stderr).not.toContain('capturing')
  })

  test('it ends with a reader that has seen enough', async () => {
    const script = `"$0" "$1" capture -w - | head -c 8 | od -A n -t x1; echo "\${PIPESTATUS[0]}"`
    const running = session.startProgram(['bash', '-c', script, process.execPath, bin])
    const printed = new Printed(running)
    await printed.shows('Ctrl-C ends it')
    // The first bytes are there before any packet; who writes after them learns that nobody reads.
    while (!printed.text.includes('captured')) await ask()
    const { stdout, exitCode } = await running
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^ 0a 0d 0d 0a [0-9a-f ]+\n0\n$/)
  })
})

test.each(users)('it ends with the lab, and what it has written is whole: %s', async user => {
  const own = openSession(user)
  expect((await own.netlab('up', 'clusterip', '--quiet')).code).toBe(0)
  const file = `${own.folder}/lab.pcapng`
  const running = own.start(['capture', '-w', file])
  const printed = new Printed(running)
  await printed.shows('Ctrl-C ends it')
  await ask(own)
  await expect.poll(() => readFileSync(file).includes('HTTP/1.1 200 OK'), { timeout: 60_000 }).toBe(true)
  await own.netlab('down', '--quiet')
  const { stderr, exitCode } = await running
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/\d+ packets captured(, 0 dropped by kernel)?; clusterip is down\n$/)
  const bytes = readFileSync(file)
  let read = 0
  for await (const some of wholeBlocks(Readable.from([bytes]))) for (const block of some) read += block.length
  expect(read).toBe(bytes.length)
})
