import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readElf } from '../../src/sandbox/bpf/elf.ts'
import { readObject } from '../../src/sandbox/bpf/program-object.ts'
import { ownFolder } from '../own-folder.ts'

/** The clang that made what ships: another one may choose other instructions for the same source. */
const version = 'clang version 14.0.'
const folder = ownFolder('bpf')

function hasClang(): boolean {
  try {
    return execFileSync('clang-14', ['--version'], { encoding: 'utf8' }).includes(version)
  } catch {
    return false
  }
}

test.runIf(hasClang())('the programs that ship are what their source gives', () => {
  const built = join(folder, 'socket-lb.o')
  execFileSync('sh', ['scripts/build-bpf', built])
  const [shipped, own] = ['bpf/socket-lb.o', built].map(path => readFileSync(path)) as [Buffer, Buffer]
  expect(readObject(own)).toEqual(readObject(shipped))
  expect([...readElf(own).keys()]).toEqual([...readElf(shipped).keys()])
})

// Some 200 MB of compiler for one file of 250 lines: CI goes by the source's hash.
test.skipIf(hasClang())('they were not compiled anew: clang-14 is not installed', () => {})
