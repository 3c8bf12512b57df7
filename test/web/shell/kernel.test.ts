import { StringDecoder } from 'node:string_decoder'
import { expect, test, vi } from 'vitest'
import type { Told } from '../../../src/view/live/parts.ts'
import { openSession, type Session, users } from '../../labs/cli.ts'
import { processesOf } from '../../labs/processes.ts'
import { hostileLab, view } from '../lab.ts'
import { PageWindow } from '../window.ts'

/** A shell of a window. */
class WindowShell {
  readonly #window: PageWindow
  readonly #named: { reader: string; shell: number }
  readonly #decoder = new StringDecoder('utf8')
  #read = 0
  #text = ''

  constructor(window: PageWindow, reader: string, shell: number) {
    this.#window = window
    this.#named = { reader, shell }
  }

  order(name: string, more: object = {}) {
    return this.#window.order(name, { ...this.#named, ...more })
  }

  open(place: string) {
    return this.order('open', { place, rows: 30, columns: 100 })
  }

  type(text: string) {
    return this.order('type', { text })
  }

  /** All that it has printed so far. */
  printed(heard: readonly Told[]): string {
    for (const told of heard.slice(this.#read))
      if (told.kind === 'printed' && told.shell === this.#named.shell)
        this.#text += this.#decoder.write(Buffer.from(told.base64, 'base64'))
    this.#read = heard.length
    return this.#text
  }

  async shows(words: RegExp): Promise<void> {
    const shown = this.#window.until(heard => words.exec(this.printed(heard)) ?? undefined)
    await shown.catch(() => expect(this.printed(this.#window.heard)).toMatch(words))
  }

  left(): Promise<string> {
    const { shell } = this.#named
    return this.#window.until(
      heard => heard.flatMap(told => (told.kind === 'left' && told.shell === shell ? [told.words] : []))[0],
    )
  }
}

async function windowOn(session: Session) {
  const file = session.file('lab.yaml', hostileLab)
  expect(await session.netlab('up', file, '--quiet')).toMatchObject({ code: 0, stderr: '' })
  const page = await view(session)
  const window = new PageWindow(page.address)
  const reader = await window.reader
  return { ...page, window, reader, shell: new WindowShell(window, reader, 1) }
}

const shells = (session: Session) =>
  processesOf(session.stateDir).filter(({ command }) => /bash --noprofile/.test(command))

test.each(users)('a shell is on a terminal of its own, in its place; %s', async user => {
  const session = openSession(user)
  const { window, reader, shell } = await windowOn(session)
  expect(await shell.open('b')).toEqual({ status: 200, told: {} })
  await shell.shows(/\[small b\]# $/)
  await shell.type('stty size; test -t 0 && echo "on a $TERM ü"; ip -br address show eth0; echo "[$HOME]"\r')
  await shell.shows(
    /[\r\n]30 100\r\non a xterm-256color ü\r\neth0\S* +UP +10\.0\.0\.12\/24[\s\S]*\[\/tmp\]\r\n/,
  )
  await shell.order('resize', { rows: 20, columns: 70 })
  await shell.type('stty size\r')
  await shell.shows(/[\r\n]20 70\r\n/)
  // Ctrl-C is the program's, and not the page's. A shell may miss one that comes just before it starts a program.
  await shell.type(`awk 'BEGIN { print "begun"; fflush(); getline }'\r`)
  await shell.shows(/[\r\n]begun\r\n/)
  await shell.type('\u0003')
  // What is typed before the prompt is there may be lost with it.
  await shell.shows(/\^C\s[\s\S]*\[small b\]# $/)
  await shell.type('echo ended $?\r')
  await shell.shows(/[\r\n]ended 130\r\n/)
  // What the page is told as text has no such characters; a terminal gets them as they are.
  await shell.type("printf '\\033[31mred\\033[0m\\n'\r")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  await shell.shows(/\u001b\[31mred\u001b\[0m\r\n/)

  const other = new WindowShell(window, reader, 2)
  await other.open('host')
  await other.shows(/\[small host\]# $/)
  expect(await other.open('host')).toMatchObject({ status: 422, told: { what: 'shell 2 is open already' } })
  await other.order('close')
  await other.left()
  await shell.type('exit 3\r')
  expect(await shell.left()).toBe('the shell has ended, with exit code 3')
  await vi.waitFor(() => expect(shells(session)).toEqual([]), { timeout: 60_000 })
  window.close()
})

test('a shell is for its own window, with the rights of the page', async () => {
  const session = openSession()
  const { window, reader, shell } = await windowOn(session)
  const body = { reader, shell: 1, place: 'a', rows: 30, columns: 100 }
  for (const headers of [{ origin: 'http://evil.example' }, { host: 'evil.example' }] as const)
    expect(await window.order('open', body, headers)).toMatchObject({ status: 403 })
  expect(await shell.open('nowhere')).toMatchObject({
    ...{ status: 400, told: { what: 'small has no pod or machine named nowhere' } },
  })
  expect(await window.order('open', { ...body, reader: 'somebody' })).toMatchObject({ status: 422 })
  for (const wrong of [{ rows: 0 }, { columns: 1e9 }, { place: 1 }, { shell: -1 }])
    expect(await window.order('open', { ...body, ...wrong })).toMatchObject({ status: 400 })
  expect(shells(session)).toEqual([])
  // Nor does a shell that is not there take anything.
  expect(await shell.type('touch /tmp/x\r')).toEqual({ status: 200, told: {} })

  await shell.open('a')
  await shell.shows(/# $/)
  const second = new PageWindow(window.address)
  await new WindowShell(second, await second.reader, 1).type('echo taken\r')
  await shell.type('echo mine\r')
  await shell.shows(/[\r\n]mine\r\n/)
  expect(shell.printed(window.heard)).not.toContain('taken')
  expect(second.heard.filter(({ kind }) => kind === 'printed')).toEqual([])
  second.close()
  window.close()
})

test('what a window has not seen yet makes its program wait', async () => {
  const session = openSession()
  const { window, shell } = await windowOn(session)
  await shell.open('host')
  await shell.shows(/# $/)
  await shell.type('yes | head -c 700000 | tr -d "\\n"; echo; echo all\r')
  const seen = (bytes: number) =>
    window.until(heard => (shell.printed(heard).length >= bytes ? true : undefined))
  // It goes on for what has been seen, and no further.
  for (let bytes = 65_536; bytes < 350_000; bytes += 65_536) {
    await seen(bytes)
    expect(shell.printed(window.heard).length).toBeLessThan(bytes + 65_536)
    await shell.order('seen', { bytes: 65_536 })
  }
  await shell.shows(/[\r\n]all\r\n/)
  window.close()
})

test('what nobody sees any more keeps no shell that has ended', async () => {
  const session = openSession()
  const { window, shell, running } = await windowOn(session)
  await shell.open('host')
  await shell.shows(/# $/)
  // More than a window gets unseen, and no more than the terminal holds.
  await shell.type('head -c 90000 /dev/zero | tr "\\0" x; exit\r')
  await vi.waitFor(() => expect(shells(session)).toEqual([]), { timeout: 60_000 })
  expect(window.heard.filter(({ kind }) => kind === 'left')).toEqual([])
  window.close()
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
})

test('a shell ends with its window, with the lab, and with the page', async () => {
  const session = openSession()
  const { window, shell, running, address } = await windowOn(session)
  await shell.open('a')
  await shell.shows(/# $/)
  // One that does not heed that its terminal is gone is ended all the same.
  await shell.type('trap "" HUP; echo stub""born\r')
  await shell.shows(/[\r\n]stubborn\r\n/)
  window.close()
  await vi.waitFor(() => expect(shells(session)).toEqual([]), { timeout: 60_000 })

  const next = new PageWindow(address)
  const inLab = new WindowShell(next, await next.reader, 1)
  await inLab.open('a')
  await inLab.shows(/# $/)
  await next.order('mend', {})
  expect(await inLab.left()).toMatch(/the shell has ended/)

  const last = new WindowShell(next, await next.reader, 2)
  await last.open('a')
  await last.shows(/# $/)
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  expect(shells(session)).toEqual([])
})
