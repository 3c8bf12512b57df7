import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSession, type Session, users } from '../labs/cli.ts'

interface Line {
  event: string
  index?: number
  [key: string]: unknown
}

/** Every line, parsed, with its times as 0. */
function linesOf(stdout: string): Line[] {
  expect(stdout.endsWith('\n')).toBe(true)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line, (key, value) => (key === 'ms' ? 0 : value)))
}

const lab = (steps: string) => `name: small
title: One pod
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
steps:
${steps}`

const broken = lab(`  - title: Wrong
    why: "Because it is: \\"so\\"."
    run: [ip link add v0 type bridge, ip link set nosuch up, ip link set v0 up, ip link show v0]
    check: [{curl: "10.0.0.11:8080", expect: {backend: a}}]
  - title: Never
    why: It comes too late.
    run: [ip link]
`)

async function up(session: Session, text: string, ...more: string[]) {
  const ended = await session.netlab('up', session.file('small.yaml', text), '--json-events', ...more)
  return { ...ended, lines: linesOf(ended.stdout) }
}

describe.each(users)('the events of a lab that is brought up by %s', user => {
  it('are a line each, from the first step to the lab that stands', async () => {
    const session = openSession(user)
    const { stdout, stderr, code } = await session.netlab('up', 'two-pods', '--json-events')
    expect({ stderr, code }).toMatchObject({ code: 0 })
    expect(stderr).toMatch(/^ok {2}1\//m)
    const lines = linesOf(stdout)
    expect(lines.every(({ version }) => version === 1)).toBe(true)
    expect(lines[0]).toMatchObject({ event: 'lab-started', lab: 'two-pods' })
    expect(lines.at(-1)).toMatchObject({ event: 'lab-up', lab: 'two-pods', ms: 0 })
    const steps = lines[0]!.steps as { title: string; commands: number; checks: number }[]
    for (const [index, { title, commands, checks }] of steps.entries()) {
      const own = lines.filter(line => line.index === index)
      const started = own.filter(({ event }) => event === 'commands-started')
      const ran = own.filter(({ event }) => event === 'commands-ran')
      const list = own[0]!.commands as string[]
      expect(own[0]).toMatchObject({ event: 'step-started', title, commands: { length: commands } })
      const told = started.flatMap(line => line.commands as { line: string }[])
      expect(told.map(({ line }) => line)).toEqual(list)
      expect(ran.reduce((sum, line) => sum + (line.count as number), 0)).toBe(commands)
      expect(own.filter(({ event }) => event === 'check-done')).toHaveLength(checks)
      expect(own.at(-1)).toMatchObject({ event: 'step-done', title, ok: true })
    }
    const check = lines.find(({ event }) => event === 'check-done')
    expect(check).toMatchObject({ ok: true, from: expect.any(String), expected: expect.any(String) })
  })
})

describe('the events of a lab', () => {
  it('tell which command failed, what was left out, and that nothing is left', async () => {
    const session = openSession()
    const { lines, stderr, code } = await up(session, broken)
    expect(code).toBe(1)
    expect(stderr).toContain('nosuch')
    const at = lines.findIndex(({ event, title }) => event === 'step-started' && title === 'Wrong')
    const [started, ...rest] = lines.slice(at)
    const { index } = started!
    const ip = (line: string) => ({ argv: line.split(' '), in: 'host', line })
    expect(started).toMatchObject({ why: 'Because it is: "so".', commands: { length: 4 } })
    const [add, set, again, show] = (started!.commands as string[]).map(ip)
    expect(rest).toEqual([
      { version: 1, event: 'commands-started', index, first: 0, commands: [add, set, again] },
      {
        ...{ version: 1, event: 'command-failed', index, command: set, left: 2, output: '' },
        ...{ exitCode: 1, stderr: 'Cannot find device "nosuch"' },
      },
      { version: 1, event: 'step-done', index, title: 'Wrong', ok: false, ms: 0 },
      { version: 1, event: 'lab-failed', lab: 'small', index, kept: false, ms: 0 },
      { version: 1, event: 'lab-down', lab: 'small', because: 'a step failed' },
    ])
    expect(show!.line).toBe('ip link show v0')
    expect(session.leftFiles()).toEqual([])
  })

  it('tell the task at which the lab waits, and how far its goal is', async () => {
    const session = openSession()
    const file = session.file('exercise.yaml', readFileSync('test/lesson/exercise.yaml', 'utf8'))
    const { stdout, code } = await session.netlab('up', file, '--json-events')
    expect(code).toBe(0)
    const [started, checked, up] = linesOf(stdout).slice(-3)
    const goal = [
      { from: 'a', target: '10.0.0.21:8080', expected: 'b answers' },
      { from: 'b', target: 'ip link show dev eth0', expected: 'exits with 0 and prints "…state UP…"' },
    ]
    const at = { version: 1, index: 4 }
    const task = 'a is to reach b again.'
    expect(started).toEqual({ ...at, event: 'task-started', title: 'Somebody has been here', task, goal })
    expect(checked).toMatchObject({
      ...{ ...at, event: 'task-checked', reached: false },
      goal: goal.map(check => ({ ...check, observed: expect.any(String), ok: false, ms: 0 })),
    })
    expect(up).toMatchObject({ event: 'lab-up', lab: 'exercise' })
  })

  it('say that a lab is kept', async () => {
    const { lines } = await up(openSession(), broken, '--keep')
    expect(lines.at(-1)).toMatchObject({ event: 'lab-failed', kept: true })
  })

  it('tell of each command by itself with --no-batch', async () => {
    const { lines } = await up(openSession(), broken, '--no-batch')
    const ran = lines.filter(({ event }) => event === 'commands-ran')
    expect(ran.map(({ count }) => count)).toEqual(ran.map(() => 1))
  })

  it('hold what a program printed, whatever it is, in one line that acts on no terminal, and a bounded one', async () => {
    const hostile = `python3 -c 'print("\\x1b]0;gone\\x07\\u202e\\u2028" + "x" * 100000 + "end")'`
    const steps = `  - {title: Prints, why: It can., run: [${JSON.stringify(hostile)}]}\n`
    const { stdout, lines } = await up(openSession(), lab(steps), '--no-batch')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
    const output = lines.map(line => line.output).find(text => typeof text === 'string' && text !== '')
    const printed = '\u001b]0;gone\u0007\u202e\u2028'
    expect((output as string).slice(0, printed.length)).toBe(printed)
    expect((output as string).slice(printed.length)).toMatch(/^x+\n… \d+ characters left out …\nx+end\n$/)
    expect((output as string).length).toBeLessThan(17_000)
  })

  it('end with the lab down where it is interrupted', async () => {
    const session = openSession()
    const file = session.file('small.yaml', lab('  - {title: Waits, why: Long., run: [sleep 600]}\n'))
    const running = session.start(['up', file, '--json-events'])
    let heard = ''
    running.stdout.on('data', chunk => {
      heard += chunk
      if (heard.includes('"line":"sleep 600"')) running.kill('SIGINT')
    })
    const { stdout, exitCode } = await running
    expect(exitCode).toBe(130)
    const lines = linesOf(stdout)
    expect(lines.at(-2)).toMatchObject({ event: 'commands-started', commands: [{ line: 'sleep 600' }] })
    expect(lines.at(-1)).toEqual({ version: 1, event: 'lab-down', lab: 'small', because: 'interrupted' })
    expect(session.leftFiles()).toEqual([])
  })

  it.each([
    ['with a mistake in its file', lab('  - {titel: Wrong}\n')],
    ['whose name is no name', 'name: "a b"\n'],
  ])('are none where a lab is not begun: one %s', async (_, text) => {
    const session = openSession()
    const file = session.file('small.yaml', text)
    expect(await session.netlab('up', file, '--json-events')).toMatchObject({ code: 2, stdout: '' })
  })

  it.each(['--json', '--watch'])(
    'are not asked for together with %s, which writes there, too',
    async other => {
      const { code, stderr } = await openSession().netlab('up', 'two-pods', '--json-events', other)
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cannot be used with') })
    },
  )
})
