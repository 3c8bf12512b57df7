import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kill, lives, namespaceOf, type ProcessId, processId } from '../../src/sandbox/proc.ts'
import { openSession, type Session, type User, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const small = `name: small
title: A small lab
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24}
`
/** Milliseconds after which a down hangs, on a machine however busy. */
const patience = 60_000

async function withLab(user: User): Promise<Session> {
  const session = openSession(user)
  expect(await session.netlab('up', session.file('small.yaml', small))).toMatchObject({ code: 0 })
  return session
}

interface Kept {
  holder: ProcessId
  sandbox: { holder: ProcessId; init: ProcessId; userNamespace?: string }
}

const stateFile = (session: Session, lab: string) => join(session.stateDir, lab, 'state.json')
const stateOf = (session: Session, lab: string): Kept =>
  JSON.parse(readFileSync(stateFile(session, lab), 'utf8'))

async function downLeavesNothing(session: Session): Promise<void> {
  expect(await session.netlabWith({ patience }, 'down', 'small')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/nothing is left\n$/),
    stderr: '',
  })
  await expect.poll(() => processesOf(session.stateDir), { timeout: 20_000 }).toEqual([])
  expect(session.leftFiles()).toEqual([])
}

/** The processes in the user namespace of another. */
function processesBeside({ pid }: ProcessId): ProcessId[] {
  const wanted = namespaceOf(pid, 'user')
  return readdirSync('/proc')
    .map(Number)
    .filter(each => Number.isInteger(each) && namespaceOf(each, 'user') === wanted)
    .flatMap(each => processId(each) ?? [])
}

const hasCommand =
  (pattern: RegExp) =>
  ({ pid }: ProcessId) =>
    pattern.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim())

describe.each(users)('down, for %s,', user => {
  it('ends nothing by a number that the kernel has given to another lab', async () => {
    const session = await withLab(user)
    const other = session.file('other.yaml', small.replace('small', 'other'))
    const dead = stateOf(session, 'small')
    kill(dead.holder)
    await expect.poll(() => lives(dead.sandbox.init), { timeout: 20_000 }).toBe(false)
    expect(await session.netlab('up', other)).toMatchObject({ code: 0 })
    const { init } = stateOf(session, 'other').sandbox
    // What a reused number looks like: of a namespace, and of a process.
    const userNamespace = readlinkSync(`/proc/${init.pid}/ns/user`)
    const reused = { pid: init.pid, startTime: dead.holder.startTime }
    const state = { ...dead, holder: reused, sandbox: { holder: reused, init: reused, userNamespace } }
    writeFileSync(stateFile(session, 'small'), JSON.stringify(state))
    expect(await session.netlab('down', 'small')).toMatchObject({ code: 0 })
    expect(lives(init)).toBe(true)
    expect(await session.netlab('exec', 'other', '--in', 'a', '--', 'true')).toMatchObject({ code: 0 })
  })

  it.each(['sleep 1000', 'yes', 'kill -STOP $PPID'])(
    'runs no program of the lab: ip is `exec %s`',
    async how => {
      const session = await withLab(user)
      const write = `for name in ip sh iptables-save grep; do
      printf '#!/bin/sh\\nexec ${how}\\n' > /run/sandbox/bin/$name && chmod 755 /run/sandbox/bin/$name; done`
      await session.netlab('exec', '--', 'sh', '-c', write)
      await downLeavesNothing(session)
    },
  )

  it('does not wait for what is stopped: the holder, process 1, programs, and commands that enter', async () => {
    const session = await withLab(user)
    const { holder, sandbox } = stateOf(session, 'small')
    const entered = session.start(['exec', '--', 'sh', '-c', 'sleep 987 & sleep 986'])
    const inside = () => processesBeside(sandbox.init)
    await expect.poll(() => inside().filter(hasCommand(/^sleep 98[67]$/)).length, { timeout: 20_000 }).toBe(2)
    const all = inside()
    expect(all.filter(hasCommand(/^nsenter /))).not.toEqual([])
    for (const each of [...all, sandbox.init, holder]) kill(each, 'SIGSTOP')
    await downLeavesNothing(session)
    await entered
  })

  it('ends a netlab that is stopped while it brings the lab up, and what it has built', async () => {
    const session = openSession(user)
    const slow = `${small}steps: [{title: Slow, run: [sleep 985]}]\n`
    const up = session.start(['up', session.file('small.yaml', slow)])
    await expect
      .poll(() => processesOf(session.stateDir).some(({ command }) => command === 'sleep 985'), {
        timeout: 20_000,
      })
      .toBe(true)
    const { starter } = JSON.parse(readFileSync(stateFile(session, 'small'), 'utf8'))
    kill(starter, 'SIGSTOP')
    expect(await session.netlabWith({ patience }, 'down', 'small')).toMatchObject({ code: 0, stderr: '' })
    expect(await up).toMatchObject({ exitCode: 130 })
    expect(readdirSync(session.stateDir)).toEqual([])
  })
})
