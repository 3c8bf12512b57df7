import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { bin, type Session } from '../labs/cli.ts'

export const key = { enter: '\r', ctrlC: '\u0003' } as const

/** Milliseconds after which what is waited for does not come any more. */
const patience = 15_000

/** `after`: shell text that runs in the same terminal once netlab has ended. */
interface TerminalSettings {
  columns?: number
  rows?: number
  after?: string
  env?: Readonly<Record<string, string>>
}

/**
 * netlab on a terminal of its own, typed at by a test: `script` makes the pseudo-terminal, and a shell in it tells afterwards
 * whether the terminal was given back as it was.
 */
export class Terminal {
  readonly #keyboard = new PassThrough()
  /** Closes the window under whatever runs in it. */
  readonly close: () => void
  #output = ''
  #hasEnded = false
  /** How far the output has been looked at. */
  #seen = 0

  constructor(
    session: Session,
    argv: readonly string[],
    { columns = 80, rows = 40, after = '', env = {} }: TerminalSettings = {},
  ) {
    const script = join(session.folder, 'typed.sh')
    writeFileSync(
      script,
      `stty cols ${columns} rows ${rows}
before=$(stty -g)
"$@"
code=$?
${after}
[ "$(stty -g)" = "$before" ] && echo 'terminal as before' || echo 'terminal changed'
echo "exit code $code"
`,
      { mode: 0o644 },
    )
    const line = ['sh', script, process.execPath, bin, ...argv].map(word => `'${word}'`).join(' ')
    const running = session.startProgram(['script', '-qec', line, '/dev/null'], {
      input: this.#keyboard,
      env: { TERM: 'xterm', COLUMNS: '', NO_COLOR: '1', ...env },
    })
    running.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString()
    })
    this.close = () => void running.kill('SIGKILL')
    void running.then(() => {
      this.#hasEnded = true
    })
  }

  /** All that came so far, without control sequences. */
  get text(): string {
    return stripVTControlCharacters(this.#output).replaceAll('\r', '')
  }

  /** Waits for a text behind what was waited for last; returns what came up to its end. */
  async until(wanted: string): Promise<string> {
    const giveUp = Date.now() + patience
    for (;;) {
      const { text } = this
      const at = text.indexOf(wanted, this.#seen)
      if (at !== -1) {
        const from = this.#seen
        this.#seen = at + wanted.length
        return text.slice(from, this.#seen)
      }
      if (Date.now() > giveUp || this.#hasEnded)
        throw new Error(`"${wanted}" did not come; the terminal shows:\n${text.slice(-3000)}`)
      await sleep(10)
    }
  }

  type(keys: string): void {
    this.#keyboard.write(keys)
  }

  /** Waits for the keys to be offered, and presses one. */
  async press(offered: string, pressed: string): Promise<string> {
    const text = await this.until(offered)
    await this.until('q quit')
    this.type(pressed)
    return text
  }

  /** Waits until netlab has ended and says how. */
  async ended(): Promise<{ code: number; restored: boolean }> {
    const text = await this.until('exit code ')
    const giveUp = Date.now() + patience
    while (!this.#hasEnded && Date.now() < giveUp) await sleep(10)
    return {
      code: Number.parseInt(this.text.slice(this.#seen), 10),
      restored: text.includes('terminal as before'),
    }
  }
}
