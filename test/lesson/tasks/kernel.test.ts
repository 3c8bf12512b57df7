import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSession, type Session, users } from '../../labs/cli.ts'

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

it('a lab without a task says so', async () => {
  const session = openSession()
  await session.netlab('up', 'two-pods')
  expect(await session.netlab('task', 'hint')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('two-pods has no task'),
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
