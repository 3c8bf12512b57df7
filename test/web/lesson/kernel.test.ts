import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LessonPart } from '../../../src/view/live/lesson-part.ts'
import { openSession, type Session, users } from '../../labs/cli.ts'
import { processesOf } from '../../labs/processes.ts'
import { asking, broken, endless, short } from '../../lesson/lessons.ts'
import { ask, heard } from '../ask.ts'
import { served } from '../lab.ts'

const exercise = readFileSync('test/lesson/exercise.yaml', 'utf8')

/** A lesson on a page, led by its orders alone. */
class LedLesson {
  readonly address: string

  constructor(address: string) {
    this.address = address
  }

  /** What the page shows of it as soon as that fits. */
  async shows(fits: (part: LessonPart) => boolean): Promise<LessonPart> {
    const event = await heard(
      this.address,
      told => told.kind === 'part' && told.name === 'lesson' && fits(told.value),
    )
    return (event as { value: LessonPart }).value
  }

  async order(name: string, body: unknown) {
    const { origin, pathname } = new URL(this.address)
    const { status, text } = await ask(this.address, {
      ...{ path: pathname + name, method: 'POST', body: JSON.stringify(body) },
      headers: { origin, 'content-type': 'application/json' },
    })
    return { status, told: JSON.parse(text) }
  }

  /** Presses a key for the question that is asked now, which has to know it. */
  async press(key: string) {
    const { turn, keys } = await this.shows(part => part.keys.length > 0)
    expect(keys.map(each => each.key)).toContain(key)
    return this.order('press', { key, turn })
  }
}

async function walkOn(session: Session, text: string, ...argv: string[]) {
  const started = await served(session, ['walk', session.file('lab.yaml', text), '--view', ...argv])
  return { ...started, lesson: new LedLesson(started.address) }
}

test.each(users)('a lesson on the page is that of the terminal; %s', async user => {
  const session = openSession(user)
  const { lesson, running, printed } = await walkOn(session, broken)
  const first = await lesson.shows(({ keys }) => keys.length > 0)
  expect(first).toMatchObject({ step: { index: 0, state: 'ahead' }, words: [] })
  expect(first.keys.map(({ key }) => key)).toEqual(['Enter', 'r', 's', 'q'])

  // What is not there yet is not drawn, and nothing of it is off.
  const drawing = (places: number) =>
    heard(
      lesson.address,
      told => told.kind === 'part' && told.name === 'places' && told.value.length === places,
    )
  expect(await drawing(1)).toMatchObject({ value: [{ name: 'host', marks: [] }] })
  expect(await lesson.press('Enter')).toEqual({ status: 200, told: {} })
  await drawing(2)
  await lesson.press('Enter')

  // Each question is answered once, and by its own keys.
  const { turn } = await lesson.shows(({ keys }) => keys.length > 0)
  expect(await lesson.order('press', { key: 'Enter', turn: turn - 1 })).toMatchObject({
    ...{ status: 422, told: { what: 'that has been answered already' } },
  })
  expect(await lesson.order('press', { key: 'x', turn })).toMatchObject({
    ...{ status: 400, told: { what: 'x is no key of the lesson here', fix: 'there are: Enter, b, r, s, q' } },
  })
  expect(await lesson.order('press', { key: 'Enter' })).toMatchObject({ status: 400 })
  // What is about a whole lab waits for its end.
  for (const name of ['mend', 'sync', 'verify', 'begin'])
    expect(await lesson.order(name, {})).toMatchObject({
      ...{ status: 422, told: { what: 'not while broken is walked through' } },
    })

  await lesson.press('Enter')
  await lesson.press('Enter')
  await lesson.press('Enter')
  const failed = await lesson.shows(({ step }) => step?.state === 'failed')
  expect(failed.step).toMatchObject({
    title: 'A wrong command',
    leftOut: 'The step ends here: 1 command and its checks were left out.',
    commands: [
      { state: 'failed', ending: 'exit code 1', stderr: 'Cannot find device "nosuch"' },
      { state: 'ahead' },
    ],
  })
  expect(failed.words).toEqual([expect.stringContaining('step 3 did not do what it should')])
  await lesson.press('b')
  const back = await lesson.shows(({ keys }) => keys.length > 0)
  expect(back).toMatchObject({ step: { index: 1, state: 'ahead' } })
  expect(back.words).toEqual([expect.stringMatching(/^Built again with step 1, in /)])

  await lesson.press('q')
  const parting = await lesson.shows(({ keys }) => keys.some(({ key }) => key === 'k'))
  expect(parting.words).toEqual([expect.stringMatching(/^broken: 1 of 5 steps, /)])
  await lesson.press('Enter')
  expect((await running).exitCode).toBe(0)
  expect(printed.text).toContain('broken is down')
  expect(session.leftFiles()).toEqual([])
})

test('t follows what a check asked; k keeps the lab, which stays on the page until Ctrl-C', async () => {
  const session = openSession()
  const { lesson, running, printed } = await walkOn(session, short)
  for (let key = 0; key < 7; key += 1) expect(await lesson.press('Enter')).toMatchObject({ status: 200 })
  const { step } = await lesson.shows(({ keys }) => keys.length > 0)
  expect(step).toMatchObject({
    ...{ title: 'A look around', state: 'done' },
    commands: [{ text: 'ip route show dev br1', output: '10.0.0.0/24 proto kernel scope link src 10.0.0.1' }],
    checks: [{ state: 'done', observed: expect.stringContaining('a answered') }],
  })
  const { told } = await lesson.press('t')
  expect(told.trace.stops.at(-1)).toMatchObject({ kind: 'end', title: expect.stringContaining('a answers') })
  for (let key = 0; key < 3; key += 1) await lesson.press('Enter')
  await lesson.press('k')
  expect(await lesson.shows(part => part.step === undefined)).toMatchObject({ keys: [] })
  expect(await lesson.order('verify', {})).toMatchObject({ status: 200, told: { ok: true } })
  expect(JSON.parse((await session.netlab('list', '--json')).stdout)).toMatchObject([{ state: 'up' }])

  // Once more, from the page: what stands is taken down first.
  await lesson.order('begin', {})
  expect(await lesson.shows(({ keys }) => keys.length > 0)).toMatchObject({ step: { index: 0 } })
  await lesson.press('q')
  await lesson.press('k')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  expect(printed.text).toContain('short is up')
  expect(JSON.parse((await session.netlab('list', '--json')).stdout)).toMatchObject([{ state: 'up' }])
})

test('a task is worked at on the page: its goal, hints and solution, by the keys of the terminal', async () => {
  const session = openSession()
  const { lesson, running } = await walkOn(session, exercise, '--down')
  const atTask = () => lesson.shows(({ keys }) => keys.some(({ key }) => key === 'c'))
  for (let step = 0; step < 4; step += 1) for (const key of ['Enter', 'Enter']) await lesson.press(key)
  await lesson.press('Enter')
  const begun = await atTask()
  expect(begun.words.join('\n')).toContain('a is to reach b again.')
  expect(JSON.stringify(begun)).not.toMatch(/link set|Ask b for its links/)

  await lesson.press('h')
  expect((await atTask()).words.join('\n')).toContain('Ask b for its links.')
  const mend = await session.netlab('exec', '--in', 'b', '--', 'ip', 'link', 'set', 'eth0', 'up')
  expect(mend).toMatchObject({ code: 0 })
  await lesson.press('c')
  const reached = await lesson.shows(({ keys }) => keys.some(({ key }) => key === 'b'))
  expect(reached.words.join('\n')).toContain('the goal is reached')

  // The next one by its solution.
  for (let key = 0; key < 4; key += 1) await lesson.press('Enter')
  await atTask()
  await lesson.press('x')
  const solved = await lesson.shows(({ keys }) => keys.some(({ key }) => key === 'b'))
  expect(solved.words.join('\n')).toMatch(/iptables --delete INPUT 1[\s\S]*the goal is reached/)
  await lesson.press('Enter')
  expect((await running).exitCode).toBe(0)
})

test('a question is answered by its keys, and --no-quiz asks none, also of a lesson that is begun again', async () => {
  const session = openSession()
  const asked = await walkOn(session, asking, '--down')
  await asked.lesson.press('Enter')
  const { step, keys } = await asked.lesson.shows(part => part.step?.question !== undefined)
  expect(step).toMatchObject({ state: 'running', checks: [{ state: 'ahead' }, { state: 'ahead' }] })
  expect(keys.map(({ key }) => key)).toEqual(['1', '2', '3', '4', 'Enter'])
  // What the step has built is up, and nothing of it is off.
  await heard(
    asked.address,
    told => told.kind === 'part' && told.name === 'places' && told.value.length === 3,
  )
  expect(await asked.lesson.order('verify', {})).toMatchObject({ status: 422 })
  expect(await asked.lesson.press('2')).toEqual({ status: 200, told: {} })
  expect((await asked.lesson.shows(({ keys }) => keys.length > 0)).step).toMatchObject({
    ...{ state: 'done', question: { said: { label: 'youSay' }, judged: { verdict: expect.any(String) } } },
  })
  await asked.lesson.press('q')
  expect((await asked.running).exitCode).toBe(0)

  const { lesson, running } = await walkOn(session, asking, '--no-quiz', '--again')
  await lesson.press('Enter')
  expect((await lesson.shows(({ keys }) => keys.length > 0)).step).toMatchObject({ state: 'done' })
  await lesson.press('q')
  await lesson.press('k')
  await lesson.shows(part => part.step === undefined)
  await lesson.order('begin', {})
  await lesson.press('a')
  await lesson.press('Enter')
  const again = await lesson.shows(({ keys }) => keys.length > 0)
  expect(again.step).toMatchObject({ state: 'done' })
  expect(again.step).not.toHaveProperty('question')
  await lesson.press('q')
  await lesson.press('Enter')
  expect((await running).exitCode).toBe(0)
})

test('a lesson that was left half-way goes on there, from wherever it was left', async () => {
  const session = openSession()
  const asked = (lesson: LedLesson) => lesson.shows(({ keys }) => keys.length > 0)
  const left = await walkOn(session, short, '--down')
  for (let key = 0; key < 4; key += 1) await left.lesson.press('Enter')
  await left.lesson.press('q')
  expect((await left.running).exitCode).toBe(0)
  expect(left.printed.text).toMatch(/You are at step 3 of 5; netlab walk \S+ --view\s+goes on there/)

  const there = await walkOn(session, short)
  const question = await asked(there.lesson)
  expect(question).toMatchObject({ step: { index: 2, state: 'ahead' } })
  expect(question.words).toEqual([expect.stringMatching(/^You were at step 3 of 5, on /)])
  expect(question.keys.map(({ does }) => does)).toEqual(['go on at step 3', 'begin anew', 'quit'])
  await there.lesson.press('Enter')
  const resumed = await asked(there.lesson)
  expect(resumed).toMatchObject({ step: { index: 2, state: 'ahead' } })
  expect(resumed.steps.map(({ state }) => state)).toEqual(['done', 'done', 'ahead', 'ahead', 'ahead'])
  expect(resumed.words).toEqual([expect.stringMatching(/^Steps 1 to 2 are built, in /)])
  for (let key = 0; key < 2; key += 1) await there.lesson.press('Enter')
  await there.lesson.press('q')
  await there.lesson.press('k')

  // The page of a lab that runs knows it, too; whoever leaves there has no lab.
  await there.lesson.shows(part => part.step === undefined)
  await there.lesson.order('begin', {})
  expect((await asked(there.lesson)).words).toEqual([expect.stringContaining('You were at step 4 of 5')])
  await there.lesson.press('q')
  expect((await there.running).exitCode).toBe(0)
  expect(there.printed.text).toContain('short is down')
  expect(session.leftFiles()).toEqual([])

  const from = await walkOn(session, short, '--down', '--from', '5')
  expect(await asked(from.lesson)).toMatchObject({ step: { index: 4 } })
  await from.lesson.press('q')
  await from.running
  const again = await walkOn(session, short, '--down', '--again')
  expect(await asked(again.lesson)).toMatchObject({ step: { index: 0 }, words: [] })
  await again.lesson.press('q')
  await again.running
  const file = session.file('lab.yaml', short)
  expect(await session.netlab('walk', file, '--view', '--from', '6')).toMatchObject({
    ...{ code: 2, stdout: '', stderr: expect.stringContaining('short has no step 6') },
  })
  expect(session.leftFiles()).toEqual([])
})

test('a lab of machines alone is shown before its first step, when none of them is there', async () => {
  const session = openSession()
  const { address, running } = await served(session, ['walk', 'nat-router', '--view', '--down'])
  const lesson = new LedLesson(address)
  const places = (fits: (count: number) => boolean) =>
    heard(address, told => told.kind === 'part' && told.name === 'places' && fits(told.value.length))
  await places(count => count === 0)
  await lesson.press('Enter')
  await places(count => count === 6)
  await lesson.press('q')
  expect((await running).exitCode).toBe(0)
})

test('a lesson whose lab has changed begins anew on the page, and says so', async () => {
  const session = openSession()
  const left = await walkOn(session, short, '--down')
  for (let key = 0; key < 2; key += 1) await left.lesson.press('Enter')
  await left.lesson.press('q')
  await left.running
  const { lesson, running } = await walkOn(session, short.replace('add mark', 'add other'), '--down')
  const first = await lesson.shows(({ keys }) => keys.length > 0)
  expect(first).toMatchObject({ step: { index: 0 } })
  expect(first.words.join(' ')).toContain('short has changed since you were at step 2 of 5')
  await lesson.press('q')
  await running
})

test('a lab that dies while its lesson asks ends the page', async () => {
  const session = openSession()
  const { lesson, running, printed } = await walkOn(session, asking)
  await lesson.press('Enter')
  await lesson.shows(part => part.step?.question !== undefined)
  const [lab] = JSON.parse((await session.netlab('list', '--json')).stdout)
  process.kill(lab.pid, 'SIGKILL')
  expect((await running).exitCode).toBe(1)
  expect(printed.text).toContain('the sandbox of asking has died, and the lesson with it')
  expect(session.leftFiles()).toEqual([])
})

test('a lab that was kept and has been taken down since is not told to be up', async () => {
  const session = openSession()
  const { lesson, running, printed } = await walkOn(session, short, '--keep')
  await lesson.press('q')
  await lesson.shows(part => part.step === undefined)
  await session.netlab('down')
  expect((await running).exitCode).toBe(0)
  expect(printed.text).toContain('short is down; there is nothing left to show')
  expect(printed.text).not.toContain('short is up')
})

test('Ctrl-C takes a lesson on the page down with its lab, also while a command runs', async () => {
  const session = openSession()
  const { lesson, running, printed } = await walkOn(session, endless)
  for (let key = 0; key < 4; key += 1) await lesson.press('Enter')
  const pressed = lesson.press('Enter').catch(error => error)
  await lesson.shows(({ step }) => step?.state === 'running' && step.title === 'Waiting')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  await pressed
  expect(printed.text).toContain('interrupted; endless is taken down and nothing is left')
  expect(session.leftFiles()).toEqual([])
  expect(processesOf(session.stateDir)).toEqual([])
})

test('a lab that dies under its lesson ends the page, and that is told', async () => {
  const session = openSession()
  const { lesson, running, printed } = await walkOn(session, short)
  await lesson.press('Enter')
  const [lab] = JSON.parse((await session.netlab('list', '--json')).stdout)
  process.kill(lab.pid, 'SIGKILL')
  expect((await running).exitCode).toBe(1)
  expect(printed.text).toContain('the sandbox of short has died, and the lesson with it')
  expect(session.leftFiles()).toEqual([])
})

test('a lesson that cannot begin leaves no page; --view goes with no --yes', async () => {
  const session = openSession()
  const file = session.file('lab.yaml', short)
  expect(await session.netlab('up', file, '--quiet')).toMatchObject({ code: 0 })
  expect(await session.netlab('walk', file, '--view')).toMatchObject({
    ...{ code: 1, stdout: '', stderr: expect.stringContaining('a lab named short is up already') },
  })
  expect(await session.netlab('walk', file, '--port', '8100', '--yes')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/--view.*cannot be used with.*--yes/) },
  })
})
