import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openPidfd, openPty, setWindowSize, signalPidfd } from '../../src/sandbox/native.ts'

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
  it('passes on what is written, and has the size that it is told', async () => {
    const { master, slave } = openPty()
    setWindowSize(master, 33, 77)
    const child = spawn('sh', ['-c', 'stty size; read -r line; echo "<$line>"'], {
      stdio: [slave, slave, 'ignore'],
    })
    closeSync(slave)
    const ended = once(child, 'exit')
    writeSync(master, 'hello\n')
    await ended
    const bytes = Buffer.alloc(1000)
    let text = ''
    while (!text.includes('>')) text += bytes.toString('utf8', 0, readSync(master, bytes))
    closeSync(master)
    expect(text.replaceAll('\r', '')).toContain('33 77\n')
    expect(text).toContain('<hello>')
  })
})
