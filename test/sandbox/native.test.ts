import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import {
  copySettings,
  copyWindowSize,
  openPidfd,
  openPipe,
  openPty,
  signalPidfd,
} from '../../src/sandbox/native.ts'

describe('a process held by a descriptor', () => {
  it('gets signals while it lives, and nobody gets them after it', async () => {
    const child = spawn('sleep', ['1000'])
    const fd = openPidfd(child.pid!)!
    const ended = once(child, 'exit')
    expect(signalPidfd(fd, constants.signals.SIGKILL)).toBe(true)
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(signalPidfd(fd, constants.signals.SIGKILL)).toBe(false)
    expect(openPidfd(child.pid!)).toBeUndefined()
    closeSync(fd)
  })
})

describe('a terminal of its own', () => {
  it('passes on what is written, and has the size and the settings of another', async () => {
    const other = openPty()
    const setting = spawn('stty', ['rows', '33', 'columns', '77', 'erase', '^H'], { stdio: [other.slave] })
    expect(await once(setting, 'exit')).toEqual([0, null])
    const { master, slave } = openPty()
    copyWindowSize(other.master, master)
    copySettings(other.slave, slave)
    const child = spawn('sh', ['-c', 'stty size; stty -a; read -r line; echo "<$line>"'], {
      stdio: [slave, slave, 'ignore'],
    })
    const ended = once(child, 'exit')
    for (const fd of [slave, other.master, other.slave]) closeSync(fd)
    writeSync(master, 'hello\n')
    await ended
    let text = ''
    const bytes = Buffer.alloc(1000)
    while (!text.includes('<hello>')) text += bytes.toString('utf8', 0, readSync(master, bytes))
    closeSync(master)
    expect(text).toContain('33 77')
    expect(text).toContain('erase = ^H')
  })
})

describe('a pipe', () => {
  it('leads from one end to the other', () => {
    const { read, write } = openPipe()
    writeSync(write, 'water')
    const bytes = Buffer.alloc(10)
    expect(bytes.toString('utf8', 0, readSync(read, bytes))).toBe('water')
    closeSync(write)
    expect(readSync(read, bytes)).toBe(0)
    closeSync(read)
  })
})
