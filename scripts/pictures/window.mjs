import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import xterm from '@xterm/headless'

export const columns = 80
/** More than any picture has, so that nothing scrolls away. */
const rows = 200
const patience = 60_000

/** A terminal window of 80 columns in which commands really run, one after the other. */
export class Window {
  #terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  #folder
  #environment

  constructor(folder, environment) {
    this.#folder = folder
    this.#environment = environment
  }

  /** Runs `shown` as if it had been typed at a prompt; `argv` is what really runs. `meanwhile` may type and look. */
  async run(shown, argv, meanwhile = async () => {}) {
    await this.#write(`\u001b[32m$\u001b[39m ${shown}\r\n`)
    const line = argv.map(word => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', `stty cols ${columns} rows 30; ${line}`, '/dev/null'], {
      cwd: this.#folder,
      env: this.#environment,
    })
    child.stdout.on('data', chunk => this.#write(chunk))
    const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    await meanwhile(keys => child.stdin.write(keys))
    await ended
    await this.#write('')
  }

  #write(data) {
    return new Promise(resolve => this.#terminal.write(data, resolve))
  }

  /** Waits until the window shows a text. */
  async until(text) {
    const giveUp = Date.now() + patience
    while (!this.lines().some(line => line.text.includes(text))) {
      if (Date.now() > giveUp) throw new Error(`"${text}" did not come`)
      await sleep(10)
    }
  }

  /** The lines as they are shown, each with its runs of cells that look alike. */
  lines() {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length }, (_, row) => lineOf(active.getLine(row)))
    while (lines.at(-1)?.text === '') lines.pop()
    return lines
  }
}

function lineOf(line) {
  const runs = []
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column)
    const text = cell.getChars() || ' '
    const look = {
      color: cell.isFgPalette() ? cell.getFgColor() : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    }
    const last = runs.at(-1)
    if (last !== undefined && JSON.stringify(last.look) === JSON.stringify(look)) last.text += text
    else runs.push({ column, text, look })
  }
  return { text: line.translateToString(true), runs }
}
