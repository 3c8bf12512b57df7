import type { Command } from '../command/command.ts'
import { shellWord } from '../command/command-line.ts'
import type { Step } from '../plan/plan.ts'
import { foldLine, foldsIn } from './folded-commands.ts'
import { lessonCommand } from './lesson.ts'
import type { Style } from './terminal.ts'

/** The key that unfolds. */
export const unfoldKey = 'u'

/** What is folded in the step at hand of a lesson: commands that stand in one line, and whether the person has seen them. */
export class StepFolds {
  readonly #style: Style
  /** How somebody who cannot press a key gets to see them. */
  readonly #otherWay: string | undefined
  #state: 'none' | 'folded' | 'shown' = 'none'
  #running: Step | undefined
  /** Those of which a line has been shown. */
  readonly #told = new Set<string>()

  /** `source`: the lab as it was typed; undefined where there are keys. */
  constructor(style: Style, source?: string) {
    this.#style = style
    this.#otherWay = source === undefined ? undefined : `netlab plan ${shellWord(source)} --explain`
  }

  /** A step is next. */
  ahead(step: Step): void {
    this.#state = foldsIn(step.actions).length > 0 ? 'folded' : 'none'
  }

  /** A step runs. */
  started(step: Step): void {
    this.#running = step
    this.#told.clear()
  }

  /** Something is folded that the person has not seen. */
  get canUnfold(): boolean {
    return this.#state === 'folded'
  }

  unfolded(): void {
    this.#state = 'shown'
  }

  /** So many of the running step's commands; of a fold one line, when its first command starts. */
  commandsShown(first: number, count: number): string {
    const actions = this.#running?.actions ?? []
    return actions
      .slice(first, first + count)
      .map(({ command, explain, fold: words }) => {
        if (words === undefined) return lessonCommand(this.#style, command, explain)
        if (this.#told.has(words)) return ''
        this.#told.add(words)
        const fold = { words, actions: actions.filter(({ fold }) => fold === words) }
        return foldLine(this.#style, fold, this.#where)
      })
      .join('')
  }

  isFolded(command: Command | undefined): boolean {
    return (
      this.#running?.actions.some(action => action.command === command && action.fold !== undefined) ?? false
    )
  }

  get #where(): string {
    const { words } = this.#style
    return this.#state === 'shown' ? words.shownAbove : words.shownBy(this.#otherWay ?? unfoldKey)
  }
}
