import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSession, type Session } from '../../labs/cli.ts'
import { key, Terminal } from '../lesson-terminal.ts'
import { short } from '../lessons.ts'

const kept = (session: Session) => join(session.folder, '.local/state/netlab/progress.json')

function walk(session: Session, ...argv: string[]) {
  return new Terminal(session, ['walk', join(session.folder, 'short.yaml'), '--down', '--no-quiz', ...argv])
}

/** Leaves the lesson after two steps, by `leave`. */
async function leftAtThree(session: Session, leave: (terminal: Terminal) => void = at => at.type('q')) {
  session.file('short.yaml', short)
  const terminal = walk(session)
  for (const _ of ['1/5', '2/5']) {
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', key.enter)
  }
  await terminal.until('── 3/5')
  await terminal.until('q quit')
  leave(terminal)
  return terminal
}

const closing = (terminal: Terminal) => terminal.close()

describe('a lesson that was left half-way', () => {
  it('says how it goes on, and goes on there; the end of it is kept, too', async () => {
    const session = openSession()
    const left = await leftAtThree(session)
    await left.until('goes on')
    await left.ended()

    const terminal = walk(session)
    await terminal.until('You were at step 3 of 5')
    await terminal.press('Enter go on at step 3', key.enter)
    await terminal.until('Steps 1 to 2 are built')
    await terminal.press('── 3/5', key.enter)
    for (const _ of ['4/5', '5/5']) {
      await terminal.press('Enter go on', key.enter)
      await terminal.press('Enter run', key.enter)
    }
    await terminal.press('Enter finish', key.enter)
    await terminal.until('short, walked to its end: steps 3 to 5 of 5')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(JSON.parse(readFileSync(kept(session), 'utf8'))).toMatchObject({
      labs: { [join(session.folder, 'short.yaml')]: { steps: 5, of: 5, done: true } },
    })
    const again = walk(session)
    await again.press('── 1/5', 'q')
    expect(again.text).not.toContain('You were')
    await again.ended()
  })

  it.each([
    ['Ctrl-C', (terminal: Terminal) => terminal.type(key.ctrlC)],
    ['closing the window', closing],
  ])('by %s is left there', async (_, leave) => {
    const session = openSession()
    const left = await leftAtThree(session, leave)
    if (leave !== closing) await left.until('You are at step 3 of 5')
    await expect.poll(() => session.leftFiles(), { timeout: 60_000 }).toEqual([])
    const terminal = walk(session)
    await terminal.until('You were at step 3 of 5')
    await terminal.press('a begin anew', 'q')
    await terminal.until('short is down')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    const anew = walk(session)
    await anew.press('a begin anew', 'a')
    await anew.press('── 1/5', 'q')
    expect(await anew.ended()).toEqual({ code: 0, restored: true })
  })

  it('with its lab kept up, goes on when that gives way', async () => {
    const session = openSession()
    const left = new Terminal(session, ['walk', session.file('short.yaml', short), '--keep'])
    await left.press('Enter run', key.enter)
    await left.press('Enter go on', 'q')
    await left.until('short is up as step 1 left it')
    await left.ended()

    const stays = walk(session)
    await stays.until('short is up already')
    await stays.press('Enter take it down and go on', 'q')
    expect(await stays.ended()).toEqual({ code: 0, restored: true })
    expect((await session.netlab('status', 'short')).code).toBe(0)

    const goesOn = walk(session)
    await goesOn.press('Enter take it down and go on', key.enter)
    await goesOn.until('short is down')
    await goesOn.press('Enter go on at step 2', key.enter)
    await goesOn.until('Step 1 is built')
    await goesOn.press('── 2/5', 'q')
    expect(await goesOn.ended()).toEqual({ code: 0, restored: true })
  })

  it('begins where it is told to: --again, --from', async () => {
    const session = openSession()
    await (await leftAtThree(session)).ended()
    const again = walk(session, '--again')
    await again.press('── 1/5', 'q')
    await again.ended()
    const from = walk(session, '--from', '4')
    await from.until('Steps 1 to 3 are built')
    await from.press('── 4/5', 'q')
    await from.ended()
    const file = join(session.folder, 'short.yaml')
    expect(await session.netlab('walk', file, '--yes', '--from', '6')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('short has no step 6'),
    })
  })

  it('begins anew where the lab is another one now, and says so', async () => {
    const session = openSession()
    await (await leftAtThree(session)).ended()
    session.file('short.yaml', short.replace('ip netns add mark', 'ip netns add other'))
    const terminal = walk(session)
    await terminal.until('short has changed since you were at step 3 of 5')
    await terminal.press('── 1/5', 'q')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  })

  it('is not in the way where what is kept is damaged, or cannot be kept', async () => {
    const session = openSession()
    await (await leftAtThree(session)).ended()
    writeFileSync(kept(session), 'oops')
    const terminal = walk(session)
    await terminal.until('what is known of your lessons cannot be read')
    await terminal.press('── 1/5', 'q')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    const file = session.file('not-a-folder', '')
    const { code } = await session.netlabWith({ env: { XDG_STATE_HOME: file } }, 'labs')
    expect(code).toBe(0)
  })
})

it('labs lists what was done, and a walk that nobody led counts for nothing', async () => {
  const session = openSession()
  expect(await session.netlab('walk', 'two-pods', '--yes')).toMatchObject({ code: 0 })
  expect(existsSync(kept(session))).toBe(false)
  const terminal = new Terminal(session, ['walk', 'two-pods', '--down', '--no-quiz'])
  await terminal.press('Enter run', key.enter)
  await terminal.press('Enter go on', 'q')
  await terminal.ended()
  expect((await session.netlab('labs')).stdout).toMatch(/two-pods .*\n +at step 2 of \d/)
  const labs = JSON.parse((await session.netlab('labs', '--json')).stdout) as {
    name: string
    place?: object
  }[]
  expect(labs.filter(({ place }) => place !== undefined)).toMatchObject([
    { name: 'two-pods', place: { steps: 1, done: false } },
  ])
})

it('where a lesson begins is not said to one on another kernel, which would not hear it', async () => {
  const session = openSession()
  for (const begin of [['--from', '2'], ['--again']]) {
    const { code, stderr } = await session.netlab('walk', 'two-pods', ...begin, '--kernel', 'debian-6.1')
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--kernel') })
  }
})
