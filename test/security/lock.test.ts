import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LabFolder } from '../../src/run/lab-folder.ts'
import { withLabLocked } from '../../src/run/sync-lock.ts'
import { lockFile } from '../../src/sandbox/file-lock.ts'

let root: string
let folder: LabFolder

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'netlab-lock-'))
  mkdirSync(join(root, 'lab'))
  folder = new LabFolder('lab', root)
})
afterEach(() => rmSync(root, { recursive: true }))

const never = new Promise<never>(() => {})

/**
 * Takes the lock, again and again. Whoever has it adds its mark to a file that must be empty and takes it away; one that
 * dies does so with the lock in its hands.
 */
const contender = `
  import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
  import { lockFile } from '../../src/sandbox/file-lock.ts'
  const [file, rounds, dies] = process.argv.slice(2)
  for (let round = 0; round < Number(rounds); round += 1) {
    const release = await lockFile(file, { patience: 50_000 })
    if (release === undefined) throw new Error('no lock')
    const before = readFileSync(file + '.inside', 'utf8')
    appendFileSync(file + '.inside', 'x')
    if (before !== '') appendFileSync(file + '.together', 'x')
    await new Promise(resolve => setImmediate(resolve))
    appendFileSync(file + '.rounds', 'x')
    writeFileSync(file + '.inside', '')
    if (dies === 'dies' && round === Number(rounds) - 1) process.kill(process.pid, 'SIGKILL')
    release()
  }
`

describe("a lab's lock", () => {
  it('has one holder at a time, among eight that want it while owners die with it', async () => {
    const file = join(folder.path, 'change.lock')
    const program = join(root, 'contender.mjs')
    await build({
      stdin: { contents: contender, resolveDir: import.meta.dirname },
      outfile: program,
      ...{ bundle: true, platform: 'node', format: 'esm' },
    })
    // What a netlab left that held the lock, in the words of an older version, and died.
    writeFileSync(file, '{"pid":999999,"startTime":"1"}')
    writeFileSync(`${file}.inside`, '')
    const endings = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const argv = [program, file, '25', index % 2 === 0 ? 'dies' : 'lives']
        const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
        return new Promise(resolve => child.on('exit', (code, signal) => resolve(code ?? signal)))
      }),
    )
    expect(endings).toEqual(Array.from({ length: 4 }, () => ['SIGKILL', 0]).flat())
    expect(readFileSync(`${file}.rounds`, 'utf8')).toHaveLength(200)
    expect(() => readFileSync(`${file}.together`)).toThrow('ENOENT')
  })

  it('is waited for no longer than asked', async () => {
    const file = join(folder.path, 'change.lock')
    const release = await lockFile(file, { patience: 5000 })
    expect(await lockFile(file, { patience: 50 })).toBeUndefined()
    release?.()
    expect(await lockFile(file, { patience: 5000 })).toEqual(expect.any(Function))
  })

  it('is not waited for after Ctrl-C', async () => {
    const interrupt = new AbortController()
    const holding = await lockFile(join(folder.path, 'change.lock'), { patience: 5000 })
    const waiting = withLabLocked(folder, interrupt.signal, () => never)
    interrupt.abort(new Error('interrupted'))
    await expect(waiting).rejects.toThrow('interrupted')
    holding?.()
  })

  it('is let go when the change fails', async () => {
    const failing = withLabLocked(folder, undefined, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(await withLabLocked(folder, undefined, async () => 'done')).toBe('done')
  })

  it("of a lab that was taken down while somebody waited is nobody's", async () => {
    let goOn: () => void = () => {}
    const first = withLabLocked(
      folder,
      undefined,
      () =>
        new Promise<void>(resolve => {
          goOn = resolve
        }),
    )
    await expect.poll(() => goOn.length, { timeout: 20_000 }).toBe(1)
    const second = withLabLocked(folder, undefined, () => never)
    rmSync(folder.path, { recursive: true })
    goOn()
    await first
    await expect(second).rejects.toThrow('the lab lab was taken down meanwhile')
  })
})
