import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { childrenOf, complainersTo, kill, lives, processId } from '../../src/sandbox/proc.ts'

let folder: string
const started: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-proc-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A process whose complaints go to a file. */
function complainer(file: string): number {
  const log = openSync(file, 'a')
  const child = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', log] })
  closeSync(log)
  started.push(child)
  return child.pid!
}

/** A process as /proc/PID/stat has it. */
function write(pid: number, { parent, startTime = 7, state = 'S', name = 'sh' }: Written): void {
  mkdirSync(join(folder, `${pid}`))
  const fields = [state, parent, ...Array(17).fill(0), startTime, 0, 0]
  writeFileSync(join(folder, `${pid}/stat`), `${pid} (${name}) ${fields.join(' ')}\n`)
}

interface Written {
  parent: number
  startTime?: number
  state?: string
  name?: string
}

describe('children, where the kernel has no list of them (CONFIG_PROC_CHILDREN)', () => {
  it('are those who call a process their parent, oldest first, without zombies', () => {
    write(10, { parent: 1 })
    write(20, { parent: 10, startTime: 300 })
    write(30, { parent: 10, startTime: 200, name: 'a) S 99 (b' })
    write(40, { parent: 10, state: 'Z' })
    write(50, { parent: 20 })
    mkdirSync(join(folder, 'sys'))
    expect(childrenOf(10, folder)).toEqual([30, 20])
    expect(childrenOf(50, folder)).toEqual([])
    expect(childrenOf(60, folder)).toEqual([])
  })

  it('are not looked for where it has one', () => {
    write(10, { parent: 1 })
    write(20, { parent: 10 })
    mkdirSync(join(folder, '10/task/10'), { recursive: true })
    writeFileSync(join(folder, '10/task/10/children'), '20 21 ')
    expect(childrenOf(10, folder)).toEqual([20, 21])
  })
})

it('who complains to a folder is known by the file, not by what it is called', () => {
  const [ours, others] = ['ours', 'others'].map(name => join(folder, name))
  for (const path of [ours!, others!]) mkdirSync(path)
  const pid = complainer(join(ours!, 'sandbox.log'))
  const stranger = complainer(join(others!, 'sandbox.log'))
  writeFileSync(join(ours!, 'other.log'), '')
  expect(complainersTo(ours!)).toEqual([processId(pid)])
  expect(complainersTo(others!)).toEqual([processId(stranger)])
  expect(complainersTo(join(folder, 'gone'))).toEqual([])
  // The same name, and another file.
  rmSync(join(ours!, 'sandbox.log'))
  writeFileSync(join(ours!, 'sandbox.log'), '')
  expect(complainersTo(ours!)).toEqual([])
})

it('a process that only has the number of another is not signalled', () => {
  const pid = complainer(join(folder, 'log'))
  const process = processId(pid)!
  kill({ pid, startTime: `${Number(process.startTime) - 1}` })
  expect(lives(process)).toBe(true)
})
