import type { Check, LabCommand, LabTask, StepQuestion } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { LabContext } from './lab-context.ts'
import type { StepInput } from './schema/step.ts'

/** Answers that there may be: each has a key of its own. */
const mostAnswers = 6

/** What a step explains once its checks were tried, and a question of its own before; left out: what it has not. */
export function readQuestion(
  { ask, answers, because, check = [] }: StepInput,
  path: Path,
  { findings }: LabContext,
): { because?: string; question?: StepQuestion } {
  const said = because === undefined ? {} : { because: because.trim() }
  if (because !== undefined) {
    const about = ask === undefined ? 'what the checks show, and why' : 'why it is the first of the answers'
    mustSay(because, [...path, 'because'], `write ${about}`)
  }
  if (ask === undefined) {
    if (answers !== undefined) {
      const fix = 'add the question as "ask", or remove it'
      findings.report([...path, 'answers'], '"answers" without "ask"', fix, 'key')
    }
    if (because !== undefined && check.length === 0) {
      const fix = 'add "check", whose outcome it explains, or say it in "why"'
      findings.report([...path, 'because'], '"because" without "check" or "ask"', fix, 'key')
    }
    return said
  }
  const texts = (answers ?? []).map(answer => answer.trim())
  mustSay(ask, [...path, 'ask'], 'write a question')
  if (answers === undefined) {
    const fix = 'add "answers", the right one first'
    findings.report([...path, 'ask'], 'a question without answers', fix, 'key')
  } else if (texts.length < 2) {
    const fix = 'write two at least, the right one first'
    findings.report([...path, 'answers'], 'a question with one answer is none', fix, 'key')
  } else if (texts.length > mostAnswers) {
    const message = `${texts.length} answers, and keys for ${mostAnswers}`
    findings.report([...path, 'answers'], message, 'leave some out', 'key')
  }
  for (const [at, answer] of texts.entries()) {
    const where = [...path, 'answers', at]
    mustSay(answer, where, 'write an answer')
    const before = texts.indexOf(answer)
    if (answer !== '' && before < at)
      findings.report(where, `the same as answer ${before + 1}`, 'remove one of the two')
  }
  if (because === undefined) {
    const fix = 'add "because": why it is the first of the answers'
    findings.report([...path, 'ask'], 'nobody says why the answer is right', fix, 'key')
  }
  return { ...said, question: { ask: ask.trim(), answers: texts } }

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
