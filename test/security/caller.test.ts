import { mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { openSession, users } from '../labs/cli.ts'
import { copyPackage, removeFolder } from '../labs/package-copy.ts'
import { processesOf } from '../labs/processes.ts'

const lab = `name: held
title: A lab that looks for what its caller has
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24, command: [sleep, "1000"]}
steps:
  - title: Look
    run: [{run: sh -c 'sleep 1000 > /dev/null 2>&1 &', undo: pkill sleep}]
`

/** Text for perl, with the numbers of x86-64's calls: 248 is add_key, 250 keyctl. */
const perl = {
  join: 'syscall(250, 1, 0)',
  name: 'my @name = ("user", "netlab-test")',
  add: (ring: number) =>
    `my @key = ("user", "netlab-test", "secret"); my $key = syscall(248, @key, 6, ${ring})`,
}

/** Files that a process has open; none where it has ended. */
function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`)
      } catch {
        return ''
      }
    })
  } catch {
    return []
  }
}

describe.each(users)('what the caller of netlab has, started by %s,', user => {
  it('is not open in any process of the lab, however high its descriptor is', async () => {
    const session = openSession(user)
    const folder = join(session.folder, 'open')
    mkdirSync(folder)
    const line = `exec 200< "${folder}"; exec "$0" "$@"`
    const netlab = (...argv: string[]) =>
      session.startProgram(['bash', '-c', line, process.execPath, ...session.command(argv)])
    expect(await netlab('up', session.file('lab.yaml', lab))).toMatchObject({ exitCode: 0 })
    const processes = processesOf(session.stateDir)
    expect(processes.length).toBeGreaterThan(4)
    expect(processes.filter(({ pid }) => openFiles(pid).includes(folder))).toEqual([])
    const { stdout } = await netlab('exec', '--', 'ls', '-l', '/proc/self/fd')
    expect(stdout).toContain(' 2 -> ')
    expect(stdout).not.toContain(folder)
  })

  it('gives nobody in it more rights than netlab has, and no umask', async () => {
    const session = openSession(user)
    const netlab = (...argv: string[]) =>
      session.startProgram([
        'sh',
        '-c',
        'umask 077; exec "$0" "$@"',
        process.execPath,
        ...session.command(argv),
      ])
    expect(await netlab('up', session.file('lab.yaml', lab))).toMatchObject({ exitCode: 0 })
    const status = ['sh', '-c', 'cat /proc/[0-9]*/status']
    const { stdout } = await netlab('exec', '--', ...status)
    const held = stdout.split('\n').filter(text => /^(NoNewPrivs|Umask):/.test(text))
    expect([...new Set(held)].sort()).toEqual(['NoNewPrivs:\t1', 'Umask:\t0022'])
  })

  it.runIf(process.arch === 'x64')('opens no key of the session', async () => {
    const session = openSession(user)
    const withKey = ['perl', '-e', `${perl.join}; ${perl.add(-3)}; exec @ARGV`]
    const search = ['perl', '-e', `${perl.name}; print syscall(250, 10, -3, @name, 0)`]
    const netlab = (...argv: string[]) =>
      session.startProgram([...withKey, process.execPath, ...session.command(argv)])
    expect(Number((await session.startProgram([...withKey, ...search])).stdout)).toBeGreaterThan(0)
    expect(await netlab('up', session.file('lab.yaml', lab))).toMatchObject({ exitCode: 0 })
    expect((await netlab('exec', '--', ...search)).stdout).toBe('-1')
  })

  it.runIf(process.arch === 'x64')('opens no key of the user, whose keyring opens to their id', async () => {
    const session = openSession(user)
    const make = `print syscall(250, 0, -4, 1), " "; ${perl.add(-4)}; print $key`
    const [ring, key] = (await session.startProgram(['perl', '-e', make])).stdout.split(' ')
    const read = [
      'perl',
      '-e',
      `syscall(250, 8, ${ring}, -3, 0); my $text = " " x 6; print syscall(250, 11, ${key}, $text, 6), $text`,
    ]
    expect((await session.startProgram(read)).stdout).toBe('6secret')
    expect(await session.netlab('up', session.file('lab.yaml', lab))).toMatchObject({ code: 0 })
    expect((await session.netlab('exec', '--', ...read)).stdout).toBe('-1      ')
    await session.startProgram(['perl', '-e', `syscall(250, 9, ${key}, -4)`])
  })
})

describe('a netlab whose koffi has no binary', () => {
  const folder = copyPackage()
  afterAll(() => removeFolder(folder))

  it('says so at once and starts nothing', async () => {
    rmSync(join(folder, 'node_modules/@koromix'), { recursive: true })
    const session = openSession()
    const up = [process.execPath, join(folder, 'dist/bin.js'), 'up', session.file('lab.yaml', lab)]
    const { exitCode, stderr } = await session.startProgram(up)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('koffi cannot be loaded')
    expect(stderr).toContain('npm rebuild koffi')
    expect(readdirSync(session.stateDir)).toEqual([])
    const list = await execa(process.execPath, [
      join(folder, 'dist/bin.js'),
      'validate',
      session.file('b.yaml', lab),
    ])
    expect(list.exitCode).toBe(0)
  })
})
