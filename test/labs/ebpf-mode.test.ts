import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { socketLbLack } from '../../src/sandbox/bpf/socket-lb-control.ts'
import { labsFolder, openSession, users } from './cli.ts'
import { differences } from './differences.ts'
import { comparable, machineState } from './machine-state.ts'

// Not by testLab: only real root of a machine may load programs, and there is no script for a real machine.
const file = join(labsFolder, 'ebpf-mode.yaml')

describe.runIf(socketLbLack() === undefined)('ebpf-mode', () => {
  it.each([
    ['in batches', []],
    ['with a process for each command', ['--no-batch']],
  ])('goes up, verifies, syncs and goes down %s, and the machine is as before', async (_, flags) => {
    const before = await machineState()
    const session = openSession()
    expect(await session.netlab('up', file, '--json', ...flags)).toMatchObject({ code: 0 })
    const verify = await session.netlab('verify', '--requests', '100', '--json')
    expect(verify, verify.stderr).toMatchObject({ code: 0 })
    expect(await session.netlab('pod', 'kill', 'netns_021')).toMatchObject({ code: 0 })
    // The entry that leads to nobody any more is what a cluster has until the word has gone round.
    expect(await session.netlab('verify', '--requests', '100')).toMatchObject({ code: 1 })
    expect(await session.netlab('sync')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('5 rules changed'),
    })
    expect(await session.netlab('sync')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('its rules stay as they are'),
    })
    expect(await session.netlab('verify', '--requests', '100')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing is left'),
    })
    expect(session.leftFiles()).toEqual([])
    expect(differences(comparable(await machineState(), before), before)).toEqual([])
  })
})

it.runIf(users.length > 1)('ebpf-mode is refused to an ordinary user before anything starts', async () => {
  const session = openSession('an ordinary user')
  expect(await session.netlab('up', file)).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('this lab needs a program in the kernel, and only root may load one'),
  })
  expect(session.leftFiles()).toEqual([])
})

it.runIf(socketLbLack() === undefined)(
  'without a cgroup of version 2 it is refused before anything starts',
  async () => {
    const session = openSession()
    // In a mount namespace of its own nobody else misses it.
    const without = 'for at in $(findmnt -rnt cgroup2 -o TARGET); do umount -l "$at"; done; exec "$@"'
    const netlab = [
      'unshare',
      '--mount',
      'sh',
      '-ec',
      without,
      'sh',
      process.execPath,
      ...session.command([]),
    ]
    expect(await session.startProgram([...netlab, 'up', file])).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(/netlab can make no cgroup of version 2[\s\S]*mount -t cgroup2/),
    })
    expect(session.leftFiles()).toEqual([])
    const { stdout } = await session.startProgram([...netlab, 'doctor'])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('netlab can make no cgroup of version 2')
  },
)

it('has no script for a real machine, and says why', async () => {
  const session = openSession()
  expect(await session.netlab('plan', file, '--format', 'sh')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('a lab in ebpf mode has no script for a real machine'),
  })
  expect(await session.netlab('plan', file)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('netlab socket-lb set default/http-server --at 10.100.100.100:8080'),
  })
})
