import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSession, type Session, users } from '../../labs/cli.ts'
import { key, Terminal } from '../lesson-terminal.ts'

const exercise = readFileSync('test/lesson/exercise.yaml', 'utf8')

/** Its folder ends at the first task. */
async function begun(session: Session) {
  const file = session.file('exercise.yaml', exercise)
  const up = await session.netlab('up', file)
  expect(up).toMatchObject({ code: 0 })
  return up.stdout
}

const mend = (session: Session) =>
  session.netlab('exec', '--in', 'b', '--', 'ip', 'link', 'set', 'eth0', 'up')

describe.each(users)('an exercise of %s', user => {
  it('stops at its task, goes on when that is done, and is whole in the end', async () => {
    const session = openSession(user)
    const told = await begun(session)
    expect(told).toContain('5 of 7 steps')
    expect(told).toContain('a is to reach b again.')
    expect(told).toContain('netlab task check')
    expect(told).not.toContain('link set')

    const early = await session.netlab('task', 'check')
    expect(early).toMatchObject({ code: 1 })
    expect(early.stdout).toContain('the goal is not reached: 0 of 2 hold')
    expect(early.stdout).not.toContain('link set')

    expect(await mend(session)).toMatchObject({ code: 0 })
    const done = await session.netlab('task', 'check')
    expect(done).toMatchObject({ code: 0 })
    expect(done.stdout).toContain('the goal is reached')
    expect(done.stdout).toContain('Task, step 7 of 7: A rule too many')

    const solved = await session.netlab('task', 'solve')
    expect(solved).toMatchObject({ code: 0 })
    expect(solved.stdout).toContain('iptables --delete INPUT 1')
    expect(solved.stdout).toContain('all 7 steps of exercise are done')
    expect(await session.netlab('verify')).toMatchObject({ code: 0 })
    expect(await session.netlab('task', 'check')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the tasks of exercise are done'),
    })
  })
})

describe('an exercise whose task is open', () => {
  it('gives its hints one after the other, and says so to programs', async () => {
    const session = openSession()
    await begun(session)
    const hints = []
    for (const _ of [1, 2, 3]) hints.push((await session.netlab('task', 'hint')).stdout)
    expect(hints).toEqual([
      'Hint 1 of 2: Ask b for its links.\n',
      'Hint 2 of 2: Its eth0 is down.\n',
      'Hint 2 of 2: Its eth0 is down.\n',
    ])
    const check = await session.netlab('task', 'check', '--json')
    expect(check.code).toBe(1)
    expect(JSON.parse(check.stdout)).toMatchObject({
      ...{ lab: 'exercise', step: 5, of: 7, reached: false, hints: 2, hintsGiven: 2, solutionShown: false },
      goal: [{ from: 'a', target: '10.0.0.21:8080', ok: false }, { ok: false }],
    })
    expect(JSON.parse((await session.netlab('status', '--json')).stdout)).toMatchObject({
      progress: { steps: 5, of: 7, task: { hints: 2, solved: false, reached: false } },
    })
    expect((await session.netlab('status')).stdout).toContain('step 5 of 7, its task is open (2 hints given)')
  })

  it('says how it stands, and changes nothing by that', async () => {
    const session = openSession()
    expect(await session.netlab('task', 'check')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no lab with a task is up[\s\S]*netlab up exercise-01-neighbours-only/),
    })
    await begun(session)
    await session.netlab('task', 'hint')
    const told = await session.netlab('task')
    expect(told).toMatchObject({ code: 0, stderr: '' })
    expect(told.stdout).toContain('Task, step 5 of 7: Somebody has been here')
    expect(told.stdout).toContain('a is to reach b again.')
    expect(told.stdout).toContain('✘ curl 10.0.0.21:8080 from a: b answers')
    expect(told.stdout).toContain('1 of 2 hints given')
    expect(told.stdout).toContain('netlab task hint')
    expect(told.stdout).not.toContain('Ask b')

    await mend(session)
    const before = JSON.parse((await session.netlab('task', '--json')).stdout)
    expect(before).toMatchObject({
      ...{ lab: 'exercise', tasks: 2, open: true, step: 5, of: 7, hints: 2, hintsGiven: 1 },
      goal: [{ from: 'a', target: '10.0.0.21:8080', expected: 'b answers', ok: false }, { ok: false }],
    })
    await session.netlab('task', 'check')
    await session.netlab('task', 'solve')
    expect(await session.netlab('task', 'exercise')).toMatchObject({
      ...{ code: 0, stdout: 'the tasks of exercise are done\n' },
    })
  })

  it('verifies what has run, without a word of the cause', async () => {
    const session = openSession()
    await begun(session)
    const { stdout, code } = await session.netlab('verify', '--json')
    expect(code).toBe(1)
    const { checks } = JSON.parse(stdout) as { checks: { step: string; ok: boolean; evidence?: object }[] }
    expect(new Set(checks.map(({ step }) => step))).toEqual(new Set(['2 servers', 'Somebody has been here']))
    expect(checks.filter(({ ok }) => !ok).length).toBeGreaterThan(0)
    expect(checks.filter(({ evidence }) => evidence !== undefined)).toEqual([])
    expect((await session.netlab('verify')).stdout).toContain('Its task is open')
  })

  it('is not changed by an apply, and says when it can be', async () => {
    const session = openSession()
    await begun(session)
    expect(await session.netlab('apply', session.file('exercise.yaml', exercise))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('netlab task check exercise goes on when the task is done'),
    })
    expect(await session.netlab('sync')).toMatchObject({ code: 0 })
    expect(await session.netlab('graph')).toMatchObject({ code: 0, stdout: expect.stringContaining('eth0') })
  })

  it('stands as it is where a step after the task fails', async () => {
    const session = openSession()
    const text = exercise.replace(
      'Both answer again\n',
      'Both answer again\n    run: [ip link set nosuch up]\n',
    )
    await session.netlab('up', session.file('exercise.yaml', text))
    await mend(session)
    const { code, stderr } = await session.netlab('task', 'check')
    expect(code).toBe(1)
    expect(stderr).toContain('step 6 of 7 failed')
    expect((await session.netlab('status')).stdout).toContain('step 6 of 7')
  })
})

it('a shell at an open task says how far the goal is, and when it is reached', async () => {
  const session = openSession()
  await begun(session)
  const terminal = new Terminal(session, ['shell'])
  await terminal.until('Its prompt says how far the goal is')
  await terminal.until('[exercise host')
  const typing = setInterval(() => terminal.type(key.enter), 500)
  await terminal.until(', goal 0/2]# ')
  clearInterval(typing)
  terminal.type(`ip -n b link set eth0 up${key.enter}`)
  await terminal.until('The goal is reached: exit, then netlab task check goes on.')
  terminal.type(key.enter)
  await terminal.until(', goal reached]# ')
  terminal.type(`exit 4${key.enter}`)
  expect(await terminal.ended()).toEqual({ code: 4, restored: true })
})

it('a lab without a task says so', async () => {
  const session = openSession()
  await session.netlab('up', 'two-pods')
  expect(await session.netlab('task', 'hint')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('two-pods has no task'),
  })
  expect(await session.netlab('task', 'chek')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "netlab task check"?'),
  })
})

it('a task that does not begin is a step that failed', async () => {
  const session = openSession()
  const text = exercise.replace('ip link set eth0 down', 'ip link set nosuch down')
  const { code, stderr } = await session.netlab('up', session.file('exercise.yaml', text))
  expect(code).toBe(1)
  expect(stderr).toContain('step 5 of 7 failed: Somebody has been here')
  expect(stderr).toContain('link set nosuch down')
})

describe('a task in walk', () => {
  it('is done in a shell, whose prompt says how far the goal is', async () => {
    const session = openSession()
    const terminal = new Terminal(session, [
      'walk',
      session.file('exercise.yaml', exercise),
      '--down',
      '--no-quiz',
    ])
    for (const _ of ['1/7', '2/7', '3/7', '4/7']) {
      await terminal.press('Enter', key.enter)
      await terminal.press('Enter go on', key.enter)
    }
    await terminal.press('Enter begin', key.enter)
    const told = await terminal.press('s shell', 'h')
    expect(told).toContain('a is to reach b again.')
    expect(told).toContain('✘ curl 10.0.0.21:8080 from a')
    expect(told).not.toContain('link set')
    await terminal.until('Hint 1 of 2: Ask b for its links.')
    for (const verb of ['check', 'hint', 'solve'])
      expect(await session.netlab('task', verb)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('exercise is in the hands of another netlab (process '),
      })
    const status = (await session.netlab('status')).stdout
    expect(status).toMatch(/^a lesson of exercise is under way \(process \d+\)/)
    expect(status).toContain('step 5 of 7, its task is open (1 hint given)')
    expect((await session.netlab('task')).stdout).toContain('A lesson has it (process ')
    await terminal.press('s shell', 's')
    await terminal.until('[exercise host')
    // A prompt is as old as the last Enter.
    const typing = setInterval(() => terminal.type(key.enter), 500)
    await terminal.until(', goal 0/2]# ')
    clearInterval(typing)
    terminal.type(`ip -n b link set eth0 up${key.enter}`)
    await terminal.until('The goal is reached: exit, or Ctrl-D, goes on.')
    terminal.type(`${key.enter}`)
    await terminal.until(', goal reached: exit goes on]# ')
    terminal.type(`exit${key.enter}`)
    await terminal.until('the goal is reached')
    await terminal.press('Enter go on', key.enter)
    await terminal.press('Enter try', key.enter)
    await terminal.press('Enter go on', key.enter)
    await terminal.press('Enter begin', key.enter)
    // The prompt of the next task's shell knows nothing of the one before.
    await terminal.press('s shell', 's')
    await terminal.until('[exercise host')
    expect(await terminal.until(']# ')).not.toContain('goal reached')
    terminal.type(`exit${key.enter}`)
    await terminal.press('x solution', 'x')
    await terminal.until('iptables --delete INPUT 1')
    await terminal.until('the goal is reached')
    await terminal.press('Enter finish', key.enter)
    await terminal.until('exercise, walked to its end: 7 steps')
    await terminal.until('exercise is down')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  })

  it('is done by its solution where nobody is there to do it', async () => {
    const session = openSession()
    const { stdout, code } = await session.netlab('walk', session.file('exercise.yaml', exercise), '--yes')
    expect(code).toBe(0)
    expect(stdout).toContain('The solution:\n  $ ip -n b link set eth0 up')
    expect(stdout).toContain('exercise, walked to its end: 7 steps')
  })

  it('whose solution does not reach its goal is a step that failed', async () => {
    const session = openSession()
    const text = exercise.replace('link set eth0 up', 'link set lo up')
    const { stdout, code } = await session.netlab('walk', session.file('exercise.yaml', text), '--yes')
    expect(code).toBe(1)
    expect(stdout).toContain('✘ step 5  Somebody has been here')
  })
})
