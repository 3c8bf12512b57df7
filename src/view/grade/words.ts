import type { GradedInFull } from '../../lesson/record/grade-folder.ts'
import { countPredicted, type GradedStep } from '../../lesson/record/graded.ts'

/** What is said of one step of a student's: of its question, or, where it is a task, of that. */
export function stepWords({ walked, predicted, task, hints }: GradedStep): string {
  if (!walked) return 'not begun'
  const help = hints === 0 ? '' : ` with ${hints} ${hints === 1 ? 'hint' : 'hints'}`
  if (task === 'reached') return `reached${help}`
  if (task === 'solution') return `its solution was shown${help}`
  if (task === 'open') return `not reached${help}`
  const words = {
    right: 'rightly foretold',
    wrong: 'foretold otherwise',
    skipped: 'not answered',
    void: 'does not count',
  }
  return predicted === undefined ? 'nothing asked' : words[predicted]
}

/** How many predictions were right, of those that were asked for: `9 of 11`. */
export function foretoldWords(record: GradedInFull): string {
  const { right, wrong, skipped } = countPredicted(record)
  const all = right + wrong + skipped
  return all === 0 ? '' : `${right} of ${all}`
}

/** How many tasks were reached, of those that there are. */
export function tasksWords({ steps }: GradedInFull): string {
  const tasks = steps.filter(({ task }) => task !== undefined)
  const reached = tasks.filter(({ task }) => task === 'reached').length
  return tasks.length === 0 ? '' : `${reached} of ${tasks.length}`
}

/** What came of building its end state again. */
export function againWords({ again }: GradedInFull): string {
  if (again === undefined) return 'not tried'
  const words = { holds: 'holds', differs: 'differs', fails: 'fails, as recorded', 'not built': 'not built' }
  return words[again.state]
}

/** All that is doubtful about a record, and what keeps its end state from being as it says. */
export function doubtWords({ doubts, again }: GradedInFull): string[] {
  const kinds = { 'other text': 'another lab', copied: 'copied', changed: 'changed', damaged: 'damaged' }
  return [
    ...doubts.map(({ kind, words }) => `${(kinds as Record<string, string>)[kind] ?? 'time'}: ${words}`),
    ...(again === undefined || again.state === 'holds' || again.words === ''
      ? []
      : [`built again, ${again.state === 'not built' ? 'it came to nothing: ' : ''}${again.words}`]),
  ]
}

/** Records by lab, in the order in which they stand. */
export function byLab(records: readonly GradedInFull[]): GradedInFull[][] {
  const labs = new Map<string, GradedInFull[]>()
  for (const record of records) {
    const key = JSON.stringify([record.lab, record.steps.length])
    const known = labs.get(key)
    if (known === undefined) labs.set(key, [record])
    else known.push(record)
  }
  return [...labs.values()]
}
