import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import type { WriteStream } from 'node:tty'
import type { Keys } from './keys.ts'
import { keyLine, rowsOf } from './lesson.ts'
import type { Choice } from './lesson-moves.ts'
import type { Screen } from './terminal.ts'

/** Where choices are shown, and whose keys make them. */
export interface Asking {
  screen: Screen
  keys?: Keys
  signal: AbortSignal
}

/** Rows that a preview gets on the lowest of windows. */
const leastPreview = 3

/** Shows the keys, below what `preview` shows for so many rows, until one of them is pressed; then takes both away. Throws the signal's reason after an abort. */
export async function chooseByKey<Chosen>(
  { screen, keys, signal }: Asking,
  choices: readonly Choice<Chosen>[],
  preview: (rows: number) => string = () => '',
): Promise<Chosen> {
  const { columns, rows } = screen.stream as WriteStream
  const line = keyLine(
    screen,
    choices.filter(({ does }) => does !== ''),
  )
  const about = preview(Math.max(leastPreview, rows - rowsOf(line.split('\n'), columns) - 3))
  const draft = `${about === '' ? '' : `\n${about}`}\n${line}`
  screen.write(draft)
  try {
    const names = choices.map(({ key }) => key)
    const name = await keys?.next(names, signal)
    return choices.find(({ key }) => key === name)!.leadsTo
  } finally {
    erase(screen, draft, columns)
  }
}

/** Takes away what was written last; where the window has become another, the cursor goes below it instead. */
function erase(screen: Screen, draft: string, columns: number): void {
  const stream = screen.stream as WriteStream
  const up = rowsOf(draft.split('\n'), columns) - 1
  if (stream.columns !== columns || up >= stream.rows) {
    screen.write('\n')
    return
  }
  moveCursor(stream, 0, -up)
  cursorTo(stream, 0)
  clearScreenDown(stream)
}
