import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Activity } from '../../src/graph/activity.ts'
import { openSession, Printed, Session } from '../labs/cli.ts'
import { key, Terminal } from '../lesson/lesson-terminal.ts'

const session = new Session()

beforeAll(async () => {
  const { code, stderr } = await session.netlab('up', 'clusterip', '--quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
})
afterAll(() => session.end())

const looksOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Omit<Activity, 'at'> & { at: string })

/** Asks the service so many times. */
async function ask(of: Session, times: number): Promise<void> {
  const { code, stderr } = await of.netlab(
    ...[
      'exec',
      '--in',
      'netns_021',
      '--',
      'curl',
      '-sS',
      '-o',
      '/dev/null',
      `10.100.100.100:8080/?[1-${times}]`,
    ],
  )
  expect(stderr).toBe('')
  expect(code).toBe(0)
}

describe('on a real kernel', () => {
  test('requests are counted where they come, and so are the rules that they meet', async () => {
    const running = session.start(['watch', '--json', '--interval', '0.2'])
    const printed = new Printed(running)
    await printed.shows('\n')
    await ask(session, 60)
    // The rules are read before the table: only the look after the last request has all of them for certain.
    await printed.shows('"count":60,"perSecond":0,')
    running.kill('SIGINT')
    const { stdout, exitCode } = await running
    expect(exitCode).toBe(0)
    const looks = looksOf(stdout)
    const [first, last] = [looks[0]!, looks.at(-1)!]
    expect(first.services[0]).toMatchObject({ service: 'default/http-server', count: 0 })
    expect(first.services[0]).not.toHaveProperty('perSecond')
    const [service] = last.services
    const endpoints = service!.endpoints.map(({ count }) => count)
    expect(endpoints).toHaveLength(2)
    expect(endpoints.every(count => count > 0)).toBe(true)
    expect(endpoints.reduce((sum, count) => sum + count, 0)).toBe(60)
    const ofRules = ({ chains }: Pick<Activity, 'chains'>) =>
      chains
        .flatMap(each => each.chains)
        .flatMap(({ rules }) => rules)
        .filter(({ verdict }) => verdict.startsWith('DNAT to 10.0.0.'))
        .reduce((sum, { packets = 0 }) => sum + packets, 0)
    expect(ofRules(last) - ofRules(first)).toBe(60)
    expect(last.connections[0]).toMatchObject({ place: 'host' })
    expect(last.connections[0]!.count).toBeGreaterThanOrEqual(60)
  })

  test('without a terminal each look is printed below the last one', async () => {
    const { stdout, stderr, code } = await session.netlab(
      'watch',
      '-c',
      '2',
      '--interval',
      '0.2',
      '--service',
      'http-server',
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.match(/^clusterip +\d\d:\d\d:\d\d, every 0\.2 s$/gm)).toHaveLength(2)
    expect(stdout).toMatch(/^ {2}netns_011 +10\.0\.0\.11:8080 +0 +–$/m)
    expect(stdout).toMatch(/→ KUBE-SVC-/)
  })

  test.each(['q', key.ctrlC])(
    'on a terminal it takes the window until a key, and gives it back: %j',
    async pressed => {
      const terminal = new Terminal(session, ['watch'], { columns: 60, rows: 12 })
      await terminal.until('q ends it')
      await terminal.until('more lines')
      terminal.type(pressed)
      expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    },
  )

  test.each([
    [['--interval', '0'], 'from 0.2 to 10'],
    [['--count', 'x'], 'A whole number'],
    [['--service', 'nobody'], 'there are: default/http-server'],
  ])('what cannot be is told: %j', async (argv, words) => {
    const { code, stdout, stderr } = await session.netlab('watch', ...argv)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })
})

test('it ends with the lab; a mode whose rules have no counters is told by its connections', async () => {
  const own = openSession()
  expect((await own.netlab('up', 'nftables-mode', '--quiet')).code).toBe(0)
  const running = own.start(['watch', '--json', '--interval', '0.2'])
  const printed = new Printed(running)
  await printed.shows('\n')
  await own.netlab('verify', '--requests', '20', '--quiet')
  const lastLook = () => looksOf(printed.text.slice(0, printed.text.lastIndexOf('\n') + 1)).at(-1)
  const isCounted = () => lastLook()?.services.some(({ count }) => count >= 20)
  await expect.poll(isCounted, { timeout: 60_000 }).toBe(true)
  await own.netlab('down', '--quiet')
  const { stderr, exitCode } = await running
  expect(exitCode).toBe(0)
  expect(stderr).toBe('nftables-mode is down; there is nothing left to watch\n')
})
