import { useRef, useState } from 'preact/hooks'
import type { Parts } from '../live/parts.ts'
import { PageShell } from './shells.ts'
import type { PageTerminal } from './terminal.ts'

interface ShellProps {
  places: Parts['places']
  chosen: string
  choose(place: string): void
  /** Who this window is to netlab view; empty where that does not answer. */
  reader: string
  /** Whether it is in front. */
  isShown: boolean
}

/** What runs in the terminal: a shell in a place, or what has become of it. */
interface Shown {
  place: string
  shell: PageShell
  /** Undefined: it goes on. */
  ended?: string
}

/** A shell in a place, on a terminal; it goes on while another tab is in front. */
export function Shell({ places, chosen, choose, reader, isShown }: ShellProps) {
  const element = useRef<HTMLDivElement>(null)
  const leave = useRef<HTMLButtonElement>(null)
  const terminal = useRef<PageTerminal | undefined>(undefined)
  const [shown, show] = useState<Shown>()
  const [failed, fail] = useState<string>()

  const close = () => {
    shown?.shell.close()
    terminal.current?.dispose()
    terminal.current = undefined
    show(undefined)
  }
  const open = async (place: string) => {
    close()
    fail(undefined)
    try {
      // A script of its own: most never open one.
      const { openTerminal } = await import('./terminal.ts')
      const shell = new PageShell(reader, ended =>
        show(now => (now?.shell === shell ? { ...now, ended } : now)),
      )
      terminal.current = openTerminal(element.current!, {
        typed: text => shell.type(text),
        resized: (rows, columns) => shell.resize(rows, columns),
        left: () => leave.current?.focus(),
      })
      show({ place, shell })
      terminal.current.focus()
      await shell.open(place, terminal.current)
    } catch (error) {
      fail(`no terminal can be shown: ${error instanceof Error ? error.message : error}`)
    }
  }
  return (
    <div class="shell" hidden={!isShown}>
      <form
        class="send"
        onSubmit={event => {
          event.preventDefault()
          void open(chosen)
        }}
      >
        <label>
          In
          <select value={chosen} onChange={event => choose(event.currentTarget.value)}>
            {places.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" id="open-shell" disabled={reader === ''}>
          Open a shell
        </button>
        <button type="button" ref={leave} disabled={shown === undefined} onClick={close}>
          Close it
        </button>
      </form>
      <p role="status" class={failed === undefined ? undefined : 'lost'}>
        {failed ?? (shown === undefined ? '' : statusOf(shown))}
      </p>
      <section class="screen" aria-label="The terminal" ref={element} />
    </div>
  )
}

function statusOf({ place, ended }: Shown): string {
  return ended === undefined
    ? `A shell in ${place}, as netlab shell opens it; Ctrl-F6 leads out of the terminal.`
    : `In ${place}: ${ended}`
}
