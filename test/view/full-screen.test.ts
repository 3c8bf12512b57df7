import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { FullScreen } from '../../src/view/full-screen.ts'
import { openTerminal } from '../../src/view/terminal.ts'

/** A terminal of which is kept what was written. */
function openWindow(columns: number, rows: number) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows })
  const { out } = openTerminal({ out: stream, env: { FORCE_COLOR: '1' } })
  return { stream, out, written: () => String(stream.read() ?? '').replaceAll('\u001b', '^') }
}

test('it takes the window, and gives it back as it was', () => {
  const { out, written } = openWindow(20, 4)
  const screen = new FullScreen(out, () => 'one\ntwo\n')
  screen.draw()
  expect(written()).toBe('')
  screen.enter()
  expect(written()).toBe('^[?1049h^[?25l^[?7l')
  screen.draw()
  expect(written()).toBe('^[1;1H^[2Kone^[2;1H^[2Ktwo^[3;1H^[2K^[J')
  screen.leave()
  screen.leave()
  expect(written()).toBe('^[?7h^[?25h^[?1049l')
})

test('what has no room is cut off, its colours are ended, and nothing in it acts on the terminal', () => {
  const { out, stream, written } = openWindow(6, 2)
  const screen = new FullScreen(
    out,
    () => '\u001b[32mgreen and more\u001b[39m too\n\u001b]0;x\u0007\nthree\nfour',
  )
  screen.enter()
  written()
  screen.draw()
  expect(written()).toBe('^[1;1H^[2K^[32mgreen…^[39m^[2;1H^[2K… 3 m…')
  Object.assign(stream, { columns: 20, rows: 4 })
  stream.emit('resize')
  expect(written()).toContain('^[2;1H^[2K␛]0;x␇')
  screen.leave()
})
