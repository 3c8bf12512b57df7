import type { WalkEvent } from '../lesson/events.ts'
import type { LessonTask } from '../lesson/lesson-task.ts'
import type { Move } from '../lesson/walk.ts'
import { block, hanging } from './layout.ts'
import type { Choice } from './lesson-moves.ts'
import { goalLines, goalWords, renderHint, renderSolution, taskTextLines } from './task-lines.ts'
import type { Style } from './terminal.ts'
import { en, type Words } from './words/en.ts'

/** What a lesson says of the task of a step; empty where an event tells nothing of one. `again`: the goal has been shown before. */
export function lessonTaskEvent(style: Style, event: WalkEvent, again: boolean): string {
  const { color, width, words: say } = style
  switch (event.kind) {
    case 'task-started':
      return block(['', color.bold(say.yourTask), ...taskTextLines(style, event.task)])
    case 'task-checked': {
      const mark = event.reached ? color.green('✔') : color.red('✘')
      const words =
        !again && !event.reached
          ? []
          : hanging(`${mark} `, color.bold(goalWords(style, event.results)), width)
      return block(['', ...goalLines(style, event.results), ...words])
    }
    case 'hint-given':
      return `\n${renderHint(style, { ...event, hint: event.hint })}`
    case 'solution-shown':
      return `\n${renderSolution(style, event.task).trimEnd()}\n`
    default:
      return ''
  }
}

/** The keys at an open task. */
export function movesAtTask({ task, state, index }: LessonTask, { does }: Words = en): Choice<Move>[] {
  const hint = state.hints < task.hints.length ? does.hint : does.hintAgain
  return [
    // The lab's own solution does not reach the goal: nobody is kept here for that.
    ...(state.solved ? [{ key: 'Enter', does: does.on, leadsTo: 'on' as const }] : []),
    { key: 's', does: does.shell, leadsTo: 'shell' },
    { key: 'c', does: does.check, leadsTo: 'check' },
    ...(task.hints.length === 0 ? [] : [{ key: 'h', does: hint, leadsTo: 'hint' as const }]),
    { key: 'x', does: does.solution, leadsTo: 'solve' },
    { key: 'g', does: does.graph, leadsTo: 'graph' },
    ...(index === 0 ? [] : [{ key: 'b', does: does.back, leadsTo: 'back' as const }]),
    { key: 'r', does: does.again, leadsTo: 'again' },
    { key: 'q', does: does.quit, leadsTo: 'quit' },
  ]
}

/** That the goal holds, to somebody in a shell. `check`: what goes on from there; left out: the lesson does. */
export function goalReachedInShell({ color, words }: Style, check?: string): string {
  const told = check === undefined ? words.reachedInShell : words.reachedBefore(check)
  return `\r\n${color.green(`✔ ${told}`)}\r\n`
}
