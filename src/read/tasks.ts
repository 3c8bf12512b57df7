import type { Check, LabCommand, LabTask, StepQuestion } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { LabContext } from './lab-context.ts'
import type { StepInput } from './schema/step.ts'

/** Answers that there may be: each has a key of its own. */
const mostAnswers = 6

/** A question of a step's own; left out: it has none. */
export function readQuestion(
  { ask, answers, because }: StepInput,
  path: Path,
  { findings }: LabContext,
): { question?: StepQuestion } {
  if (ask === undefined) {
    for (const key of ['answers', 'because'] as const) {
      if ({ answers, because }[key] === undefined) continue
      findings.report(
        [...path, key],
        `"${key}" without "ask"`,
        'add the question as "ask", or remove it',
        'key',
      )
    }
    return {}
  }
  const said = (answers ?? []).map(answer => answer.trim())
  mustSay(ask, [...path, 'ask'], 'write a question')
  if (answers === undefined) {
    const fix = 'add "answers", the right one first'
    findings.report([...path, 'ask'], 'a question without answers', fix, 'key')
  } else if (said.length < 2) {
    const fix = 'write two at least, the right one first'
    findings.report([...path, 'answers'], 'a question with one answer is none', fix, 'key')
  } else if (said.length > mostAnswers) {
    const message = `${said.length} answers, and keys for ${mostAnswers}`
    findings.report([...path, 'answers'], message, 'leave some out', 'key')
  }
  for (const [at, answer] of said.entries()) {
    const where = [...path, 'answers', at]
    mustSay(answer, where, 'write an answer')
    const before = said.indexOf(answer)
    if (answer !== '' && before < at)
      findings.report(where, `the same as answer ${before + 1}`, 'remove one of the two')
  }
  if (because === undefined) {
    const fix = 'add "because": why it is the first of the answers'
    findings.report([...path, 'ask'], 'nobody says why the answer is right', fix, 'key')
  } else mustSay(because, [...path, 'because'], 'write why it is the first of the answers')
  return { question: { ask: ask.trim(), answers: said, because: (because ?? '').trim() } }

  function mustSay(words: string, where: Path, fix: string) {
    if (words.trim() === '') findings.report(where, 'an empty text', fix)
  }
}

/** What reads the commands and checks of a step. */
export interface StepReader {
  commands(key: 'start' | 'solution'): readonly LabCommand[]
  checks(key: 'goal'): readonly Check[]
}

/** What is to be reached in a step; left out: it is no exercise. */
export function readTask(
  input: StepInput,
  path: Path,
  { findings }: LabContext,
  read: StepReader,
): { task?: LabTask } {
  const { task, hints = [] } = input
  const parts = {
    goal: read.checks('goal'),
    start: read.commands('start'),
    solution: read.commands('solution'),
  }
  if (task === undefined) {
    for (const key of ['goal', 'start', 'hints', 'solution'] as const)
      if (input[key] !== undefined)
        findings.report([...path, key], `"${key}" without "task"`, 'add "task": what is to be reached', 'key')
    return {}
  }
  if (task.trim() === '') findings.report([...path, 'task'], 'an empty text', 'write what is to be reached')
  if (input.check !== undefined) {
    const fix = 'move to "goal" what is to hold in the end; other checks need a step of their own, before it'
    findings.report([...path, 'check'], '"check" beside "task"', fix, 'key')
  }
  if ((input.goal ?? []).length === 0) {
    const fix = 'add checks that hold when the task is done, as "goal"'
    const where = input.goal === undefined ? 'task' : 'goal'
    findings.report([...path, where], 'nobody could tell when the task is done', fix, 'key')
  }
  if ((input.solution ?? []).length === 0) {
    const fix = 'add commands that reach the goal, as "solution"'
    const where = input.solution === undefined ? 'task' : 'solution'
    findings.report([...path, where], 'a task that has no solution', fix, 'key')
  }
  for (const [at, hint] of hints.entries())
    if (hint.trim() === '') findings.report([...path, 'hints', at], 'an empty text', 'write a hint')
  return { task: { text: task.trim(), ...parts, hints: hints.map(hint => hint.trim()) } }
}
