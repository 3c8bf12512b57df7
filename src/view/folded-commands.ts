import type { Action } from '../command/command.ts'
import { block, hanging } from './layout.ts'
import type { Style } from './terminal.ts'
import { en, type Words } from './words/en.ts'

/** Commands of a step that a lesson shows as one line. */
export interface Fold {
  /** What they are: `what every node has, whatever its services`. */
  words: string
  actions: readonly Action[]
}

/** The folds among a step's commands, in the order of their first ones. */
export function foldsIn(actions: readonly Action[]): Fold[] {
  const folds = new Map<string, Action[]>()
  for (const action of actions) {
    if (action.fold === undefined) continue
    const fold = folds.get(action.fold)
    if (fold === undefined) folds.set(action.fold, [action])
    else fold.push(action)
  }
  return [...folds].map(([words, actions]) => ({ words, actions }))
}

/** What a lesson shows of a step's commands, in order: each by itself, but a fold once, where its first one stands. */
export function shownCommands(actions: readonly Action[]): (Action | Fold)[] {
  const left = new Map(foldsIn(actions).map(fold => [fold.words, fold]))
  return actions.flatMap(action => {
    if (action.fold === undefined) return action
    const fold = left.get(action.fold)
    left.delete(action.fold)
    return fold ?? []
  })
}

/** `34 commands: what every node has, whatever its services` */
export function foldWords({ words, actions }: Fold, said: Words = en): string {
  return said.fold(actions.length, words)
}

/** The line that stands for a fold; `where`: how to see what is in it. */
export function foldLine({ color, width, words: said }: Style, fold: Fold, where: string): string {
  const words = `${foldWords(fold, said)}${where === '' ? '' : said.aside(where)}`
  return block(hanging('… ', words, width).map(line => color.dim(line)))
}
