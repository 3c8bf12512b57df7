import { expect, test } from 'vitest'
import { predictionOf } from '../../../src/lesson/predictions/prediction.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import type { StepResult } from '../../../src/run/report.ts'
import { LessonPicture, lessonAhead } from '../../../src/view/live/lesson-part.ts'
import { asking, broken, service } from '../../lesson/lessons.ts'
import { labOf } from '../../plan/lab-text.ts'

const lesson = labAsBuilt(labOf(broken))
const titles = lesson.plan.steps.map(({ title }) => title)
const wrongCommand = titles.indexOf('A wrong command')
const wrongCheck = titles.indexOf('A wrong check')

function result(index: number, more: Partial<StepResult>): StepResult {
  const { title, actions } = lesson.plan.steps[index]!
  return { title, ok: true, ms: 1, commands: actions.length, checks: [], ...more }
}

test('a lesson that nobody has begun has its steps, and no question', () => {
  expect(lessonAhead(lesson)).toEqual({
    ...{ language: 'en', steps: titles.map(title => ({ title, state: 'ahead' })) },
    ...{ words: [], keys: [], turn: 0 },
  })
})

test('a command runs, prints, and the next one fails: what it said, and what was left out', () => {
  const picture = new LessonPicture(lesson)
  const step = lesson.plan.steps[wrongCommand]!
  const [first, second] = step.actions.map(({ command }) => command)
  picture.ahead(step, wrongCommand)
  expect(picture.part.step).toMatchObject({
    ...{ index: wrongCommand, title: 'A wrong command', state: 'ahead' },
    commands: [
      { text: 'ip link set nosuch up', state: 'ahead' },
      { text: 'ip netns add never', state: 'ahead' },
    ],
    checks: [{ what: 'true on host', expected: 'exits with 0', state: 'ahead' }],
  })
  picture.hear({ kind: 'step-started', index: wrongCommand, step })
  picture.hear({ kind: 'commands-started', index: wrongCommand, first: 0, commands: [first!] })
  expect(picture.part.step).toMatchObject({ state: 'running', commands: [{ state: 'running' }, {}] })
  const failure = { command: first!, exitCode: 1, stderr: 'Cannot find device "nosuch"' }
  picture.hear({ kind: 'command-failed', index: wrongCommand, failure, output: 'before\n', left: 1 })
  picture.hear({
    kind: 'step-done',
    index: wrongCommand,
    result: result(wrongCommand, { ok: false, failure }),
  })
  expect(picture.part.step).toMatchObject({
    state: 'failed',
    leftOut: 'The step ends here: 1 command and its checks were left out.',
    commands: [
      { state: 'failed', output: 'before', ending: 'exit code 1', stderr: failure.stderr },
      { text: 'ip netns add never', state: 'ahead' },
    ],
    checks: [{ state: 'ahead' }],
  })
  expect(picture.part.steps[wrongCommand]).toEqual({ title: 'A wrong command', state: 'failed' })
  expect(second!.argv).toEqual(['ip', 'netns', 'add', 'never'])
})

test('what its author says of the checks comes once they hold', () => {
  const because = 'It could only come so.'
  const step = { ...lesson.plan.steps[wrongCheck]!, because }
  const after = (ok: boolean) => {
    const picture = new LessonPicture(lesson)
    picture.hear({ kind: 'step-started', index: wrongCheck, step })
    expect(picture.part.step?.because).toBeUndefined()
    picture.hear({ kind: 'step-done', index: wrongCheck, result: result(wrongCheck, { ok }) })
    return picture.part.step?.because
  }
  expect(after(false)).toBeUndefined()
  expect(after(true)).toBe(because)
})

test('a check is tried, and has what was seen and the cause', () => {
  const picture = new LessonPicture(lesson)
  const step = lesson.plan.steps[wrongCheck]!
  const evidence = { headline: 'it is off', lines: ['a line'] }
  const check = { check: step.checks[0]!, step: step.title, from: 'host', target: 'false', ms: 1 }
  const seen = { ...check, ok: false, observed: 'exits with 1', evidence }
  picture.hear({ kind: 'step-started', index: wrongCheck, step })
  picture.hear({ kind: 'checks-started', index: wrongCheck, count: 1 })
  expect(picture.part.step?.checks).toEqual([
    { what: 'false on host', expected: 'exits with 0', state: 'running' },
  ])
  picture.hear({ kind: 'check-done', index: wrongCheck, result: seen, done: 1, count: 1 })
  const told = [
    { what: 'false on host', expected: 'exits with 0', observed: 'exits with 1', state: 'failed', evidence },
  ]
  expect(picture.part.step?.checks).toEqual(told)
  picture.hear({
    kind: 'step-done',
    index: wrongCheck,
    result: result(wrongCheck, { ok: false, checks: [seen] }),
  })
  expect(picture.part.step?.checks).toEqual(told)
})

test('what was said beside a step is gone when somebody has answered; going back takes what steps have come to', () => {
  const picture = new LessonPicture(lesson)
  for (const [index, step] of lesson.plan.steps.slice(0, 2).entries()) {
    picture.hear({ kind: 'step-started', index, step })
    picture.hear({ kind: 'step-done', index, result: result(index, {}) })
  }
  picture.asks([{ key: 'Enter', does: 'go on' }], 3)
  expect(picture.part).toMatchObject({ keys: [{ key: 'Enter', does: 'go on' }], turn: 3 })
  picture.hear({ kind: 'rebuild-started', steps: 1 })
  picture.hear({ kind: 'rebuilt', steps: 1, ms: 500, failures: [] })
  expect(picture.part.steps.map(({ state }) => state).slice(0, 3)).toEqual(['done', 'ahead', 'ahead'])
  expect(picture.part.words).toEqual([
    'Built again with step 1, in 500 ms: a new sandbox, without what was typed by hand.',
  ])
  picture.answered()
  expect(picture.part).toMatchObject({ words: [], keys: [] })
})

test('a question stands with its step: its answers by key, what was said, and what came of it', () => {
  const running = labAsBuilt(labOf(asking))
  const picture = new LessonPicture(running)
  const step = running.plan.steps[0]!
  const prediction = predictionOf(running, 0)!
  const wrong = prediction.answers.findIndex((_, at) => at !== prediction.right)
  const judged = {
    prediction,
    said: wrong,
    verdict: 'wrong' as const,
    came: 'was refused',
    because: 'so it is',
  }
  picture.hear({ kind: 'step-started', index: 0, step })
  picture.predicts(prediction, 0)
  expect(picture.part.step?.question).toEqual({
    ask: 'curl 10.0.0.12:8080 from a: what will come of it?',
    answers: prediction.answers.map(({ text }, at) => ({ key: `${at + 1}`, text, earlier: false })),
  })
  // Which one is right is known to nobody before.
  expect(JSON.stringify(picture.part.step?.question)).not.toContain('"right"')
  picture.hear({ kind: 'predicted', index: 0, prediction, said: wrong })
  const said = { label: 'youSay', text: prediction.answers[wrong]!.text }
  expect(picture.part.step?.question).toMatchObject({ answers: [], said })
  picture.hear({ kind: 'prediction-judged', index: 0, judged })
  expect(picture.part.step?.question).toMatchObject({
    said,
    judged: {
      verdict: 'wrong',
      lines: [
        { label: 'youSaid', text: said.text },
        { label: 'itCame', text: 'was refused' },
        { label: 'because', text: 'so it is' },
      ],
    },
  })

  // Once more, and nothing is said.
  picture.ahead(step, 0)
  expect(picture.part.step?.question).toBeUndefined()
  picture.predicts(prediction, 0)
  expect(picture.part.step?.question?.answers.findIndex(({ earlier }) => earlier)).toBe(wrong)
  picture.hear({ kind: 'predicted', index: 0, prediction })
  expect(picture.part.step?.question?.said).toEqual({ text: 'you skip it' })
  picture.parting([])
  expect(picture.part.words.at(-1)).toBe('You foretold one thing, and it came otherwise.')
})

test('a lab in Chinese has the words around its texts in Chinese', () => {
  const running = labAsBuilt({ ...labOf(asking), language: 'zh' })
  const picture = new LessonPicture(running)
  const [first, second] = running.plan.steps
  picture.ahead(first!, 0)
  expect(picture.part).toMatchObject({
    language: 'zh',
    step: { checks: [{ what: 'curl 10.0.0.11:8080（在 host 上）' }, { expected: '被拒绝' }] },
  })
  expect(picture.part.step?.commands).toMatchObject([{ words: expect.stringContaining('条命令：网络') }])
  const prediction = predictionOf(running, 0)!
  picture.predicts(prediction, 0)
  picture.hear({ kind: 'predicted', index: 0, prediction })
  expect(picture.part.step?.question).toMatchObject({
    ask: expect.stringMatching(/\p{Script=Han}/u),
    said: { text: '你跳过了' },
  })
  const check = first!.checks[1]!
  const seen = { check, step: first!.title, from: 'a', target: 'b', ms: 1, ok: true, observed: 'was refused' }
  const result = { ...seen, seen: { kind: 'refused' as const } }
  picture.hear({ kind: 'check-done', index: 0, result, done: 1, count: 2 })
  expect(picture.part.step?.checks[1]?.observed).toMatch(/\p{Script=Han}/u)
  picture.left({ steps: 1, of: 3, done: false, print: 0, day: '2025-03-01' })
  expect(picture.part).toMatchObject({
    ...{ step: { title: second!.title }, words: ['上次（2025-03-01）你停在第 2 步，共 3 步。'] },
  })
})

test('what its author says is the reason of an answer, or comes alone where none was given', () => {
  const because = 'It could only come so.'
  const running = labAsBuilt(labOf(asking))
  const step = { ...running.plan.steps[0]!, because }
  const prediction = { ...predictionOf(running, 0)!, because }
  const after = (said: number | undefined) => {
    const picture = new LessonPicture(running)
    const answer = said === undefined ? {} : { said }
    const verdict = said === undefined ? ('skipped' as const) : ('right' as const)
    picture.hear({ kind: 'step-started', index: 0, step })
    picture.predicts(prediction, 0)
    picture.hear({ kind: 'predicted', index: 0, prediction, ...answer })
    const result = { title: step.title, ok: true, ms: 1, commands: 0, checks: [] }
    picture.hear({ kind: 'step-done', index: 0, result })
    const judged = { prediction, ...answer, verdict, came: 'was refused', because }
    picture.hear({ kind: 'prediction-judged', index: 0, judged })
    const { question, because: alone } = picture.part.step!
    return { lines: question?.judged?.lines, alone }
  }
  expect(after(prediction.right)).toEqual({ lines: [{ label: 'because', text: because }], alone: undefined })
  expect(after(undefined)).toEqual({ lines: [{ label: 'itCame', text: 'was refused' }], alone: because })
})

test('what every node has stands in one line, with each command behind it', () => {
  const whole = labAsBuilt(labOf(service))
  const picture = new LessonPicture(whole)
  const index = whole.plan.steps.length - 1
  const step = whole.plan.steps[index]!
  picture.ahead(step, index)
  const folds = picture.part.step!.commands.filter(piece => 'words' in piece)
  const shown = picture.part.step!.commands.filter(piece => !('words' in piece))
  const folded = folds.flatMap(({ commands }) => commands)
  expect(folds.map(({ words }) => words)).toContainEqual(
    expect.stringMatching(/^\d+ commands: what every node has, whatever its services$/),
  )
  expect(folded.length + shown.length).toBe(step.actions.length)
  picture.hear({ kind: 'step-started', index, step })
  const at = step.actions.findIndex(({ fold }) => fold !== undefined)
  picture.hear({ kind: 'commands-started', index, first: at, commands: [step.actions[at]!.command] })
  const running = picture.part
    .step!.commands.flatMap(piece => ('words' in piece ? piece.commands : piece))
    .filter(({ state }) => state === 'running')
  expect(running.map(({ text }) => text)).toHaveLength(1)
})
