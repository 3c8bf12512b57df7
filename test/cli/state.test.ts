import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, Session } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const small = `name: small
title: A small lab
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24}
`

const stateOf = (session: Session, lab: string) =>
  JSON.parse(readFileSync(join(session.stateDir, lab, 'state.json'), 'utf8'))

const list = async (session: Session) => {
  const { stdout, stderr, code } = await session.netlab('list', '--json')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return JSON.parse(stdout)
}

const nothingLeft = (session: Session) =>
  expect({ files: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    files: [],
    processes: [],
  })

async function withLab(): Promise<{ session: Session; file: string }> {
  const session = openSession()
  const file = session.file('small.yaml', small)
  expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
  return { session, file }
}

describe('the same lab twice', () => {
  it('is refused in words that name the fix, and the one that runs is left alone', async () => {
    const { session, file } = await withLab()
    const before = stateOf(session, 'small')
    const again = await session.netlab('up', file)
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toMatch(/a lab named small is up already[\s\S]*netlab down small[\s\S]*--name/)
    expect(stateOf(session, 'small')).toEqual(before)
    expect(await session.netlab('exec', '--in', 'a', '--', 'ip', 'link', 'show', 'eth0')).toMatchObject({
      code: 0,
    })
  })

  it('runs beside itself under another name, and each verb asks which is meant', async () => {
    const { session, file } = await withLab()
    expect(await session.netlab('up', file, '--name', 'other')).toMatchObject({ code: 0 })
    expect(await list(session)).toMatchObject([
      { lab: 'other', state: 'up', pods: 1 },
      { lab: 'small', state: 'up', pods: 1 },
    ])
    for (const verb of [['status'], ['down'], ['verify'], ['exec', '--', 'true'], ['logs', 'a']])
      expect(await session.netlab(...verb)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/2 labs are running: other, small[\s\S]*say which one/),
      })
    expect(await session.netlab('down', 'other')).toMatchObject({ code: 0 })
    expect(await list(session)).toMatchObject([{ lab: 'small', state: 'up' }])
    expect(await session.netlab('exec', 'small', '--', 'true')).toMatchObject({ code: 0 })
  })

  it('at the same moment goes up once', async () => {
    const session = openSession()
    const file = session.file('small.yaml', small)
    for (let round = 0; round < 8; round += 1) {
      const ended = await Promise.all([1, 2, 3].map(() => session.netlab('up', file)))
      expect(ended.map(({ code }) => code).sort()).toEqual([0, 1, 1])
      for (const { code, stderr } of ended)
        if (code === 1)
          expect(stderr).toMatch(/a lab named small is (up already|being brought up right now|there already)/)
      expect(await session.netlab('exec', '--', 'ip', 'link', 'show', 'br1')).toMatchObject({ code: 0 })
      expect(await session.netlab('down')).toMatchObject({ code: 0 })
      nothingLeft(session)
    }
  })
})

describe('down', () => {
  it.each([
    ['by nothing, where one runs', () => ['down']],
    ['by name', () => ['down', 'small']],
    ['by the path that it came from', (file: string) => ['down', file]],
    ['with --all', () => ['down', '--all']],
  ])('ends a lab %s, and a second time says that there is none', async (_, argv) => {
    const { session, file } = await withLab()
    const ended = await session.netlab(...argv(file))
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(/^small is down: 1 pod, 2 links, \d+ rules went with it; nothing is left\n$/)
    nothingLeft(session)
    const again = await session.netlab('down', 'small')
    expect(again).toEqual({
      code: 0,
      stdout: 'no lab named small is running; nothing to take down\n',
      stderr: '',
    })
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no lab is running'),
    })
  })

  it('does not need the lab file any more', async () => {
    const { session, file } = await withLab()
    writeFileSync(file, 'gone')
    expect(await session.netlab('verify')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    nothingLeft(session)
  })

  describe('for a name that is none', () => {
    const session = new Session()
    beforeAll(async () => {
      session.file('mine.txt', 'precious')
      expect(await session.netlab('up', session.file('small.yaml', small))).toMatchObject({ code: 0 })
    })
    afterAll(() => session.end())

    it.each(['..', '.', '../state', '/', '', '.hidden'])('touches nothing: %j', async name => {
      const { stderr } = await session.netlab('down', name)
      expect(stderr).not.toMatch(/^\s+at .*\.js/m)
      expect(readdirSync(session.folder).sort()).toEqual(['mine.txt', 'small.yaml', 'state'])
      expect(await list(session)).toMatchObject([{ lab: 'small', state: 'up' }])
    })
  })

  it('gives up a lab that is being brought up elsewhere', async () => {
    const session = openSession()
    const file = session.file(
      'slow.yaml',
      `${small.replace('small', 'slow')}steps: [{title: Slow, run: [sleep 30]}]\n`,
    )
    const up = session.start(['up', file])
    await expect
      .poll(() => processesOf(session.stateDir).some(({ command }) => command === 'sleep 30'), {
        timeout: 60_000,
      })
      .toBe(true)
    expect(await session.netlab('down', 'slow')).toMatchObject({ code: 0, stderr: '' })
    const { exitCode, stderr } = await up
    nothingLeft(session)
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: expect.stringContaining('interrupted') })
  })

  it('counts in JSON what went', async () => {
    const { session } = await withLab()
    const { stdout, code } = await session.netlab('down', '--json')
    expect({ code, reports: JSON.parse(stdout) }).toEqual({
      code: 0,
      reports: [
        {
          lab: 'small',
          found: true,
          wasRunning: true,
          pods: 1,
          nodes: 0,
          machines: 0,
          links: 2,
          rules: expect.any(Number),
        },
      ],
    })
  })

  it.each(['holder', 'init'] as const)('sweeps a lab whose %s was killed', async which => {
    const { session } = await withLab()
    const state = stateOf(session, 'small')
    process.kill((which === 'holder' ? state.holder : state.sandbox.init).pid, 'SIGKILL')
    await expect.poll(() => processesOf(session.stateDir), { timeout: 5000 }).toEqual([])
    expect(await list(session)).toMatchObject([{ lab: 'small', state: 'gone' }])
    const asked = await session.netlab('exec', '--', 'true')
    expect(asked.code).toBe(1)
    expect(asked.stderr).toMatch(/small is not running any more[\s\S]*netlab down small/)
    expect(await session.netlab('up', join(session.folder, 'small.yaml'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there already, but has died[\s\S]*netlab down small/),
    })
    expect(await session.netlab('down')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing is left'),
    })
    nothingLeft(session)
  })
})

describe('what else lies in the state folder', () => {
  it('does no harm: files, folders without a state, links that lead nowhere', async () => {
    const { session } = await withLab()
    writeFileSync(join(session.stateDir, 'notes.txt'), 'mine')
    symlinkSync('/nowhere', join(session.stateDir, 'link'))
    mkdirSync(join(session.stateDir, 'empty'))
    expect(await list(session)).toMatchObject([
      { lab: 'empty', state: 'gone', pods: 0, pid: 0 },
      { lab: 'small', state: 'up' },
    ])
    expect(await session.netlab('list')).toMatchObject({ code: 0, stderr: '' })
    expect(await session.netlab('status', 'small')).toMatchObject({ code: 0, stderr: '' })
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0, stderr: '' })
    expect(session.leftFiles()).toEqual(['link', 'notes.txt'])
    expect(processesOf(session.stateDir)).toEqual([])
  })

  it('goes with down --all, where a netlab was killed before its lab had a name', async () => {
    const session = openSession()
    const { pid } = spawnSync('true')
    const start = join(session.stateDir, `.start.${pid}.1`)
    mkdirSync(start, { mode: 0o700 })
    writeFileSync(join(start, `cgroups.json.${pid}`), '[')
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0, stderr: '' })
    expect(session.leftFiles()).toEqual([])
  })

  it.each([
    ['half a state', '{"version":1,"lab"'],
    ['a state that is no object', '[]'],
    ['an empty one', ''],
    ['one of another make', '{"version":1,"stage":"up","sandbox":{"init":{}}}'],
    ['a plan only', undefined],
  ])('is told apart from a lab: %s', async (_, text) => {
    const session = openSession()
    mkdirSync(join(session.stateDir, 'odd'))
    if (text !== undefined) writeFileSync(join(session.stateDir, 'odd/state.json'), text)
    expect(await list(session)).toMatchObject([{ lab: 'odd', state: 'gone' }])
    for (const verb of ['list', 'status', 'exec', 'verify', 'logs']) {
      const { stderr } = await session.netlab(
        verb,
        'odd',
        ...(verb === 'exec' ? ['--', 'true'] : verb === 'logs' ? ['a'] : []),
      )
      expect(stderr).not.toMatch(/^\s+at .*\.js|SyntaxError|TypeError/m)
    }
    expect(await session.netlab('down', 'odd')).toMatchObject({ code: 0, stderr: '' })
    nothingLeft(session)
  })

  it('a state that was spoiled while the lab runs still lets down end all of it', async () => {
    const { session } = await withLab()
    writeFileSync(join(session.stateDir, 'small/state.json'), '{"version":1')
    expect(await session.netlab('down', 'small')).toMatchObject({ code: 0 })
    nothingLeft(session)
  })

  it('is refused where somebody else could write to it, or owns it', async () => {
    const session = openSession()
    const file = session.file('small.yaml', small)
    const folder = join(session.folder, 'shared')
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    const env = { NETLAB_STATE_DIR: folder }
    const refusal = {
      code: 3,
      stderr: expect.stringMatching(/is not a folder that only you can write to[\s\S]*NETLAB_STATE_DIR/),
    }
    expect(await session.netlabWith({ env }, 'up', file)).toMatchObject(refusal)
    if (process.getuid?.() === 0) {
      chmodSync(folder, 0o700)
      chownSync(folder, 65_534, 65_534)
      expect(await session.netlabWith({ env }, 'up', file)).toMatchObject(refusal)
    }
    symlinkSync(session.stateDir, join(session.folder, 'elsewhere'))
    expect(
      await session.netlabWith({ env: { NETLAB_STATE_DIR: join(session.folder, 'elsewhere') } }, 'up', file),
    ).toMatchObject(refusal)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is readable for its owner alone', async () => {
    const { session } = await withLab()
    const lab = join(session.stateDir, 'small')
    expect(statSync(lab).mode & 0o077).toBe(0)
    for (const file of readdirSync(lab))
      expect([file, statSync(join(lab, file)).mode & 0o077]).toEqual([file, 0])
  })

  it('lies below XDG_RUNTIME_DIR where NETLAB_STATE_DIR is not set', async () => {
    const session = openSession()
    const file = session.file('small.yaml', small)
    const env = { NETLAB_STATE_DIR: '', XDG_RUNTIME_DIR: session.folder }
    expect(await session.netlabWith({ env }, 'up', file)).toMatchObject({ code: 0 })
    expect(existsSync(join(session.folder, 'netlab/small/state.json'))).toBe(true)
    expect(await session.netlabWith({ env }, 'down')).toMatchObject({ code: 0 })
  })
})
