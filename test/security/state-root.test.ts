import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { labStateShape } from '../../src/run/state-shapes.ts'
import { lives, type ProcessId, processId } from '../../src/sandbox/proc.ts'
import { openSession, type Session, type User, users } from '../labs/cli.ts'

const isRoot = process.getuid?.() === 0
const nobody = 65534

/** Somebody else's id, for a user; undefined where the tests cannot give anything to somebody else. */
const strangerTo = (user: User) => (isRoot ? (user === 'this user' ? nobody : 0) : undefined)

/** Gives a folder to somebody else, or, where nobody can, lets everybody write to it. */
function giveAway(path: string, user: User): void {
  const stranger = strangerTo(user)
  if (stranger === undefined) chmodSync(path, 0o777)
  else chownSync(path, stranger, stranger)
}

const victims: ProcessId[] = []
afterEach(() => {
  for (const victim of victims.splice(0)) if (lives(victim)) process.kill(victim.pid)
})

/** A process that nobody may end, and a state by which it is a lab's. */
function victimOf(lab: string, user: User): { victim: ProcessId; state: string } {
  const [file = '', ...args] =
    isRoot && user === 'an ordinary user'
      ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', 'sleep', '600']
      : ['sleep', '600']
  const victim = processId(spawn(file, args, { stdio: 'ignore' }).pid!)!
  victims.push(victim)
  const state = {
    ...{ version: 1, lab, file: 'x.yaml', cwd: '/', stage: 'up', since: '2026-01-01T00:00:00Z' },
    ...{ starter: victim, holder: victim, sandbox: { holder: victim, init: victim } },
  }
  return { victim, state: JSON.stringify(state) }
}

function labFolder(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
  owner?: number,
): string {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  if (owner !== undefined)
    for (const path of [folder, ...Object.keys(files).map(file => join(folder, file))])
      chownSync(path, owner, owner)
  return folder
}

const ownerOf = (user: User) => (isRoot && user === 'an ordinary user' ? nobody : undefined)

const verbs: readonly (readonly string[])[] = [
  ['list'],
  ['status', 'bait'],
  ['logs', 'bait', 'a'],
  ['verify', 'bait'],
  ['exec', 'bait', '--', 'true'],
  ['sync', 'bait'],
  ['pod', 'kill', 'a', '--lab', 'bait'],
  ['completion', '--candidates', '--', 'down', ''],
  ['up', 'two-pods'],
  ['down', 'bait'],
  ['down', '--all'],
]

describe.each(users)('a state root that somebody made first, for %s', user => {
  it('is refused by every verb, and nothing that it names is touched', async () => {
    const session = openSession(user)
    const root = join(session.folder, 'planted')
    const { victim, state } = victimOf('bait', user)
    labFolder(root, 'bait', { 'state.json': state }, ownerOf(user))
    giveAway(root, user)
    if (strangerTo(user) !== undefined) chmodSync(root, 0o755)
    const env = { NETLAB_STATE_DIR: root }
    const ended = await Promise.all(verbs.map(verb => session.netlabWith({ env }, ...verb)))
    for (const [index, verb] of verbs.entries())
      expect([verb, ended[index]]).toEqual([
        verb,
        {
          code: 3,
          stdout: '',
          stderr: expect.stringMatching(
            /^error: .*planted is not a folder that only you can write to[\s\S]*fix: .*NETLAB_STATE_DIR/,
          ),
        },
      ])
    expect(lives(victim)).toBe(true)
    expect(existsSync(join(root, 'bait/state.json'))).toBe(true)
  })

  it('is refused in a temporary folder where names can be taken, and as a link', async () => {
    const session = openSession(user)
    const { victim, state } = victimOf('bait', user)
    const uid = ownerOf(user) ?? process.getuid?.()
    const root = join(session.folder, `netlab-${uid}`)
    labFolder(root, 'bait', { 'state.json': state }, ownerOf(user))
    giveAway(root, user)
    const env = { NETLAB_STATE_DIR: '', TMPDIR: session.folder }
    expect(await session.netlabWith({ env }, 'down', '--all')).toMatchObject({ code: 3, stdout: '' })
    symlinkSync(session.stateDir, join(session.folder, 'link'))
    labFolder(session.stateDir, 'bait', { 'state.json': state }, ownerOf(user))
    const linked = { NETLAB_STATE_DIR: join(session.folder, 'link') }
    expect(await session.netlabWith({ env: linked }, 'down', '--all')).toMatchObject({ code: 3, stdout: '' })
    expect(lives(victim)).toBe(true)
    process.kill(victim.pid)
  })

  it.runIf(isRoot)('is refused below the XDG_RUNTIME_DIR of somebody else', async () => {
    const session = openSession(user)
    const runtime = join(session.folder, 'runtime')
    mkdirSync(runtime, { mode: 0o777 })
    giveAway(runtime, user)
    chmodSync(runtime, user === 'this user' ? 0o700 : 0o777)
    const env = { NETLAB_STATE_DIR: '', XDG_RUNTIME_DIR: runtime }
    for (const verb of [['list'], ['up', 'two-pods'], ['down', '--all']])
      expect(await session.netlabWith({ env }, ...verb)).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          /XDG_RUNTIME_DIR is .*runtime, which is not[\s\S]*unset XDG_RUNTIME_DIR/,
        ),
      })
  })
})

describe('a folder in the root', () => {
  it('that is not ours, or a link, is no lab, and down names what is wrong with it', async () => {
    const session = openSession()
    const { victim, state } = victimOf('bait', 'this user')
    const elsewhere = labFolder(session.folder, 'bait', { 'state.json': state })
    symlinkSync(elsewhere, join(session.stateDir, 'bait'))
    if (isRoot) labFolder(session.stateDir, 'planted', { 'state.json': state }, nobody)
    expect(await session.netlab('list', '--json')).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0, stderr: '' })
    for (const name of isRoot ? ['bait', 'planted'] : ['bait'])
      expect(await session.netlab('down', name)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`${name} is not a folder that only you can write to`),
      })
    expect([lives(victim), existsSync(elsewhere)]).toEqual([true, true])
  })

  it('that others can write to is refused until that is mended, as the error says', async () => {
    const session = openSession()
    const folder = labFolder(session.stateDir, 'open', { 'state.json': '{}' })
    chmodSync(folder, 0o777)
    const refused = await session.netlab('list')
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    execaSync('sh', ['-c', /fix: if it is yours: (chmod go-w \S+?);/.exec(refused.stderr)?.[1] ?? 'false'])
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0, stderr: '' })
    expect(session.leftFiles()).toEqual([])
  })

  it('with nothing of netlab in it is left alone, though NETLAB_STATE_DIR be the home', async () => {
    const session = openSession()
    labFolder(session.stateDir, 'documents', { 'thesis.txt': 'precious' })
    labFolder(session.stateDir, '.config.1', { 'rc.txt': 'precious' })
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0, stderr: '' })
    expect(await session.netlab('down', 'documents')).toMatchObject({ code: 0 })
    expect(session.leftFiles().sort()).toEqual(['.config.1', 'documents'])
    expect(readFileSync(join(session.stateDir, 'documents/thesis.txt'), 'utf8')).toBe('precious')
  })
})

describe('a state file', () => {
  const plant: Readonly<Record<string, (file: string, session: Session) => void>> = {
    'that is a link': (file, session) => symlinkSync(session.file('planted.json', '{}'), file),
    'that is a pipe, which nobody writes to': file => void execaSync('mkfifo', [file]),
    'that is a folder': file => mkdirSync(file),
    'of a terabyte': file => {
      writeFileSync(file, '')
      truncateSync(file, 2 ** 40)
    },
  }

  it.each(Object.keys(plant))('%s is not read, and down removes it', async how => {
    const session = openSession()
    const folder = labFolder(session.stateDir, 'odd', {})
    plant[how]?.(join(folder, 'state.json'), session)
    const { stdout, code } = await session.netlabWith({ patience: 30_000 }, 'list', '--json')
    expect([code, JSON.parse(stdout)]).toMatchObject([0, [{ lab: 'odd', state: 'gone' }]])
    expect(await session.netlabWith({ patience: 30_000 }, 'down', '--all')).toMatchObject({ code: 0 })
    expect(session.leftFiles()).toEqual([])
  })

  const good = {
    ...{ version: 1, lab: 'a', file: 'a.yaml', cwd: '/', stage: 'up', since: '2026-01-01T00:00:00Z' },
    starter: { pid: 4711, startTime: '99' },
    sandbox: { holder: { pid: 4712, startTime: '99' }, init: { pid: 4713, startTime: '99' }, cgroups: [] },
  }

  it('must have what netlab writes, and processes that can be', () => {
    expect(labStateShape(good)).toBe(true)
    const process = (pid: unknown, startTime: unknown = '99') => ({ ...good, starter: { pid, startTime } })
    const init = (pid: unknown) => ({ ...good, sandbox: { ...good.sandbox, init: { pid, startTime: '1' } } })
    for (const pid of [-1, 0, 1, 2 ** 23, 1.5, Number.NaN, '4711', null, undefined])
      expect([pid, labStateShape(process(pid)), labStateShape(init(pid))]).toEqual([pid, false, false])
    for (const startTime of ['', '-1', 'x', 99, null])
      expect(labStateShape(process(4711, startTime))).toBe(false)
    for (const change of [
      { since: 5 },
      { since: 'x' },
      { stage: 'odd' },
      { file: null },
      { lab: 7 },
      { rules: 'many' },
    ])
      expect([change, labStateShape({ ...good, ...change })]).toEqual([change, false])
  })
})
