import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GuestCommand } from '../../../src/sandbox/vm/frames.ts'
import { GuestProgram } from '../../../src/sandbox/vm/guest-program.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-guest-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

class Kept extends Writable {
  text = ''

  override _write(bytes: Buffer, _: string, done: () => void): void {
    this.text += bytes.toString()
    done()
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5)
}

function start(script: string, fields: Partial<GuestCommand> = {}) {
  const [stdout, stderr] = [new Kept(), new Kept()]
  const command: GuestCommand = {
    ...{
      argv: ['sh', '-c', script],
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', SAID: 'so' },
      files: {},
    },
    ...{ terminals: [false, false, false], size: [24, 80], reads: false, ...fields },
  }
  return { program: new GuestProgram(command, { stdout, stderr }), stdout, stderr }
}

describe('a program that the agent in a virtual machine runs', () => {
  it('tells what it printed where, and its exit code', async () => {
    const { program, stdout, stderr } = start('echo $SAID; pwd; echo no >&2; exit 7')
    expect(await program.done).toBe(7)
    expect(stdout.text).toBe(`so\n${folder}\n`)
    expect(stderr.text).toBe('no\n')
  })

  it('reads what it is given to its end, however much that is', async () => {
    const { program, stdout } = start('wc -c', { reads: true })
    const part = Buffer.alloc(65_536, 'x')
    for (let count = 0; count < 50; count += 1) await program.give(part)
    await program.give(Buffer.alloc(0))
    expect(await program.done).toBe(0)
    expect(stdout.text.trim()).toBe(String(50 * part.length))
  })

  it('reads nothing where nobody gives it anything', async () => {
    const { program, stdout } = start('wc -c')
    expect(await program.done).toBe(0)
    expect(stdout.text.trim()).toBe('0')
  })

  it('finds the files that it needs, and makes the folder that it runs in', async () => {
    const path = join(folder, 'labs/one.yaml')
    const cwd = join(folder, 'work')
    const { program, stdout } = start('cat ../labs/one.yaml', { cwd, files: { [path]: 'name: one\n' } })
    expect(await program.done).toBe(0)
    expect(stdout.text).toBe('name: one\n')
    expect(readFileSync(path, 'utf8')).toBe('name: one\n')
  })

  it('has a terminal of the size of the one outside, with Ctrl-C', async () => {
    const { program, stdout } = start(
      "trap 'echo caught; exit 3' INT; stty size; while :; do sleep 0.1; done",
      {
        ...{ terminals: [true, true, true], size: [33, 101], reads: true },
      },
    )
    await until(() => stdout.text.includes('33 101'))
    await program.give(Buffer.from('\u0003'))
    expect(await program.done).toBe(3)
    expect(stdout.text).toContain('caught')
  })

  it('gets signals, with all that it has started', async () => {
    // A shell says of its sleep that it was hung up: once the program has ended nobody reads that, and it would be its own end.
    const { program, stdout } = start(
      `trap 'exit 4' HUP; (trap 'touch heard; exit' HUP; echo ready; while :; do sleep 0.1; done) 2> /dev/null & wait`,
    )
    await until(() => stdout.text.includes('ready'))
    program.signal('SIGHUP')
    expect(await program.done).toBe(4)
    await until(() => existsSync(join(folder, 'heard')))
  })

  it('that is not there is told', async () => {
    const { program } = start('', { argv: ['no-such-program'] })
    await expect(program.done).rejects.toThrow('ENOENT')
  })
})
